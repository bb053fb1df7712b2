// Element-wise arithmetic and the matrix product.
#include "support.h"

#include <ATen/ops/add.h>
#include <ATen/ops/div.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/sub.h>

using namespace ctorch;

ct_status ct_add(const ct_tensor *a, const ct_tensor *b, double alpha, ct_out out) {
  return produce(out, [&] { return at::add(a->value, b->value, alpha); });
}

ct_status ct_sub(const ct_tensor *a, const ct_tensor *b, double alpha, ct_out out) {
  return produce(out, [&] { return at::sub(a->value, b->value, alpha); });
}

ct_status ct_mul(const ct_tensor *a, const ct_tensor *b, ct_out out) {
  return produce(out, [&] { return at::mul(a->value, b->value); });
}

ct_status ct_div(const ct_tensor *a, const ct_tensor *b, ct_out out) {
  return produce(out, [&] { return at::div(a->value, b->value); });
}

ct_status ct_add_scalar(const ct_tensor *x, double value, ct_out out) {
  return produce(out, [&] { return at::add(x->value, value); });
}

ct_status ct_mul_scalar(const ct_tensor *x, double value, ct_out out) {
  return produce(out, [&] { return at::mul(x->value, value); });
}

ct_status ct_div_scalar(const ct_tensor *x, double value, ct_out out) {
  return produce(out, [&] { return at::div(x->value, value); });
}

ct_status ct_add_(const ct_tensor *a, const ct_tensor *b, double alpha) {
  return guarded([&] { a->value.add_(b->value, alpha); });
}

ct_status ct_mul_(const ct_tensor *a, const ct_tensor *b) {
  return guarded([&] { a->value.mul_(b->value); });
}

/// Keeps whole numbers integral for integer tensors, which could not store the sum with a float.
static at::Scalar scalarFor(const at::Tensor &tensor, double value) {
  bool isWhole = value == static_cast<double>(static_cast<int64_t>(value));
  if (isWhole && at::isIntegralType(tensor.scalar_type(), /*includeBool=*/false))
    return static_cast<int64_t>(value);
  return value;
}

ct_status ct_add_scalar_(const ct_tensor *x, double value) {
  return guarded([&] { x->value.add_(scalarFor(x->value, value)); });
}

ct_status ct_mul_scalar_(const ct_tensor *x, double value) {
  return guarded([&] { x->value.mul_(scalarFor(x->value, value)); });
}

ct_status ct_eq(const ct_tensor *a, const ct_tensor *b, ct_out out) {
  return produce(out, [&] { return at::eq(a->value, b->value); });
}

ct_status ct_neg(const ct_tensor *x, ct_out out) {
  return produce(out, [&] { return x->value.neg(); });
}

ct_status ct_sqrt(const ct_tensor *x, ct_out out) {
  return produce(out, [&] { return x->value.sqrt(); });
}

ct_status ct_abs(const ct_tensor *x, ct_out out) {
  return produce(out, [&] { return x->value.abs(); });
}

ct_status ct_clamp_max(const ct_tensor *x, double limit, ct_out out) {
  return produce(out, [&] { return x->value.clamp_max(limit); });
}
