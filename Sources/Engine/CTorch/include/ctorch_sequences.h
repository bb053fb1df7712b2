/// Reordering, reductions and the layers of sequences; the rules are those of `ctorch.h`.
#ifndef CTORCH_SEQUENCES_H
#define CTORCH_SEQUENCES_H

#include "ctorch.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin
#pragma GCC visibility push(default)

/// A view with the dimensions in another order; `dims` names each once.
CT_CHECKED ct_status ct_permute(const ct_tensor *x, ct_ints dims, ct_out out);
/// A view of every `step`-th entry of dimension `dim` from `start` up to `end`, exclusive.
CT_CHECKED ct_status ct_slice(
    const ct_tensor *x, int64_t dim, int64_t start, int64_t end, int64_t step, ct_out out);
/// A view of `shape` in which dimensions of size 1, and new first ones, are repeated.
CT_CHECKED ct_status ct_expand(const ct_tensor *x, ct_ints shape, ct_out out);
/// The largest elements over `dims`; equal ones share the gradient.
CT_CHECKED ct_status ct_amax(const ct_tensor *x, ct_ints dims, bool keep_dims, ct_out out);
/// The products of the matrices in the last two dimensions; the dimensions before them are broadcast.
CT_CHECKED ct_status ct_matmul(const ct_tensor *a, const ct_tensor *b, ct_out out);
/// x above zero, weight · x below; `weight` has one element, or one for each entry of dimension 1.
CT_CHECKED ct_status ct_prelu(const ct_tensor *x, const ct_tensor *weight, ct_out out);
/// The first half of dimension `dim` times the logistic function of the second half.
CT_CHECKED ct_status ct_glu(const ct_tensor *x, int64_t dim, ct_out out);
/// softmax(query keyᵀ / √d) value for [N, heads, positions, d]; with `causal`, a position sees only those up to
/// its own.
CT_CHECKED ct_status ct_attention(
    const ct_tensor *query, const ct_tensor *key, const ct_tensor *value, bool causal, ct_out out);
/// A matrix that is zero where a causal position may look and -∞ elsewhere, like `x` in type and device.
CT_CHECKED ct_status ct_causal_mask(
    const ct_tensor *x, int64_t queries, int64_t keys, ct_out out);
/// The rows of `weight` at the positions in the int64 tensor `index`; the row `padding_index`, unless it is
/// negative, gets no gradient.
CT_CHECKED ct_status ct_embedding(
    const ct_tensor *weight, const ct_tensor *index, int64_t padding_index, ct_out out);

/// The kinds of recurrent networks.
typedef enum ct_cell { CT_LSTM, CT_GRU } ct_cell;

/// Recurrent layers on [N, steps, features], from states of zero; without autocast, so that `x` must have the type
/// of `params`.
///
/// Writes the last layer's outputs [N, steps, directions · hidden] and its final hidden states
/// [N, directions · hidden]. `params` are PyTorch's: for each layer and direction weight_ih, weight_hh and, with
/// `bias`, bias_ih and bias_hh.
CT_CHECKED ct_status ct_recurrent(
    const ct_tensor *x, ct_list params, ct_cell cell, int64_t hidden, int64_t layers,
    bool bidirectional, bool bias, ct_out outputs, ct_out last);

#pragma GCC visibility pop
#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
