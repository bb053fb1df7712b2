// Shapes, indexing and reductions.
#include "support.h"

#include <ATen/ops/index_select.h>
#include <ATen/ops/max.h>

using namespace ctorch;

namespace {

/// Without dimensions, reduces over all of them.
at::OptionalIntArrayRef dimensions(const ct_ints &dims) {
  at::OptionalIntArrayRef result;
  if (dims.count > 0) result = ints(dims);
  return result;
}

}  // namespace

ct_status ct_reshape(const ct_tensor *x, ct_ints shape, ct_out out) {
  return produce(out, [&] { return x->value.reshape(ints(shape)); });
}

ct_status ct_view(const ct_tensor *x, ct_ints shape, ct_out out) {
  return produce(out, [&] { return x->value.view(ints(shape)); });
}

ct_status ct_flatten(const ct_tensor *x, int64_t start, int64_t end, ct_out out) {
  return produce(out, [&] { return x->value.flatten(start, end); });
}

ct_status ct_unsqueeze(const ct_tensor *x, int64_t dim, ct_out out) {
  return produce(out, [&] { return x->value.unsqueeze(dim); });
}

ct_status ct_narrow(const ct_tensor *x, int64_t dim, int64_t start, int64_t length, ct_out out) {
  return produce(out, [&] { return x->value.narrow(dim, start, length); });
}

ct_status ct_index_select(const ct_tensor *x, int64_t dim, const ct_tensor *index, ct_out out) {
  return produce(out, [&] { return at::index_select(x->value, dim, index->value); });
}

ct_status ct_sum(const ct_tensor *x, ct_ints dims, bool keep_dims, ct_out out) {
  return produce(out, [&] { return x->value.sum(dimensions(dims), keep_dims); });
}

ct_status ct_mean(const ct_tensor *x, ct_ints dims, bool keep_dims, ct_out out) {
  return produce(out, [&] { return x->value.mean(dimensions(dims), keep_dims); });
}

ct_status ct_max(const ct_tensor *x, ct_out out) {
  return produce(out, [&] { return at::max(x->value); });
}

ct_status ct_max_dim(
    const ct_tensor *x, int64_t dim, bool keep_dim, ct_out values, ct_out indices) {
  return guarded([&] { writePair(at::max(x->value, dim, keep_dim), values, indices); });
}
