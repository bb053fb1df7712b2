// Reordering, reductions and the layers of sequences.
#include "ctorch_sequences.h"
#include "support.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/full.h>
#include <ATen/ops/glu.h>
#include <ATen/ops/gru.h>
#include <ATen/ops/lstm.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/prelu.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/zeros.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include <limits>

using namespace ctorch;

ct_status ct_permute(const ct_tensor *x, ct_ints dims, ct_out out) {
  return produce(out, [&] { return x->value.permute(ints(dims)); });
}

ct_status ct_slice(
    const ct_tensor *x, int64_t dim, int64_t start, int64_t end, int64_t step, ct_out out) {
  return produce(out, [&] { return x->value.slice(dim, start, end, step); });
}

ct_status ct_expand(const ct_tensor *x, ct_ints shape, ct_out out) {
  return produce(out, [&] { return x->value.expand(ints(shape)); });
}

ct_status ct_amax(const ct_tensor *x, ct_ints dims, bool keep_dims, ct_out out) {
  return produce(out, [&] { return at::amax(x->value, ints(dims), keep_dims); });
}

ct_status ct_matmul(const ct_tensor *a, const ct_tensor *b, ct_out out) {
  return produce(out, [&] { return at::matmul(a->value, b->value); });
}

ct_status ct_prelu(const ct_tensor *x, const ct_tensor *weight, ct_out out) {
  return produce(out, [&] { return at::prelu(x->value, weight->value); });
}

ct_status ct_glu(const ct_tensor *x, int64_t dim, ct_out out) {
  return produce(out, [&] { return at::glu(x->value, dim); });
}

ct_status ct_attention(
    const ct_tensor *query, const ct_tensor *key, const ct_tensor *value, bool causal, ct_out out) {
  return produce(out, [&] {
    return at::scaled_dot_product_attention(
        query->value, key->value, value->value, /*attn_mask=*/{}, /*dropout_p=*/0.0, causal);
  });
}

ct_status ct_causal_mask(const ct_tensor *x, int64_t queries, int64_t keys, ct_out out) {
  return produce(out, [&] {
    return at::full(
               {queries, keys}, -std::numeric_limits<double>::infinity(), x->value.options())
        .triu(1);
  });
}

ct_status ct_embedding(
    const ct_tensor *weight, const ct_tensor *index, int64_t padding_index, ct_out out) {
  return produce(
      out, [&] { return at::embedding(weight->value, index->value, padding_index); });
}

ct_status ct_recurrent(
    const ct_tensor *x, ct_list params, ct_cell cell, int64_t hidden, int64_t layers,
    bool bidirectional, bool bias, ct_out outputs, ct_out last) {
  return guarded([&] {
    // oneDNN has no LSTM whose weights and states differ in type, as they would with autocast.
    const c10::impl::ExcludeDispatchKeyGuard exact(c10::autocast_dispatch_keyset);
    const int64_t directions = bidirectional ? 2 : 1;
    const int64_t batch = x->value.size(0);
    const auto weights = tensors(params);
    const auto state = at::zeros({layers * directions, batch, hidden}, x->value.options());
    // Without gradients, cuDNN keeps nothing for a backward pass.
    const bool train = at::GradMode::is_enabled();
    at::Tensor sequence;
    at::Tensor final;
    if (cell == CT_LSTM) {
      std::tie(sequence, final, std::ignore) = at::lstm(
          x->value, {state, state}, weights, bias, layers, /*dropout=*/0.0, train, bidirectional,
          /*batch_first=*/true);
    } else {
      std::tie(sequence, final) = at::gru(
          x->value, state, weights, bias, layers, /*dropout=*/0.0, train, bidirectional,
          /*batch_first=*/true);
    }
    // [directions, N, hidden] of the last layer, side by side.
    const auto ends = final.narrow(0, (layers - 1) * directions, directions)
                          .transpose(0, 1)
                          .reshape({batch, directions * hidden});
    writePair({sequence, ends}, outputs, last);
  });
}
