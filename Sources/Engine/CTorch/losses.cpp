// Losses with weights, and the element-wise functions that losses are composed of.
#include "support.h"

#include <ATen/core/Reduction.h>
#include <ATen/ops/clamp_min.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/kl_div.h>
#include <ATen/ops/log.h>
#include <ATen/ops/poisson_nll_loss.h>
#include <ATen/ops/pow.h>

using namespace ctorch;

ct_status ct_weighted_cross_entropy(
    const ct_tensor *logits, const ct_tensor *target, const ct_tensor *weights,
    double label_smoothing, ct_out out) {
  return produce(out, [&] {
    TORCH_CHECK_VALUE(
        target->value.scalar_type() == at::kLong, "class numbers must be int64, not ",
        target->value.scalar_type());
    return at::cross_entropy_loss(
        logits->value, target->value, weights->value, at::Reduction::None,
        /*ignore_index=*/-100, label_smoothing);
  });
}

ct_status ct_poisson_nll(
    const ct_tensor *x, const ct_tensor *target, bool log_input, bool full, double eps,
    ct_out out) {
  return produce(out, [&] {
    TORCH_CHECK_VALUE(
        x->value.sizes() == target->value.sizes(), "outputs of shape ", x->value.sizes(),
        " do not fit targets of shape ", target->value.sizes());
    return at::poisson_nll_loss(
        x->value, target->value, log_input, full, eps, at::Reduction::None);
  });
}

ct_status ct_kl_div(const ct_tensor *x, const ct_tensor *target, ct_out out) {
  return produce(out, [&] {
    TORCH_CHECK_VALUE(
        x->value.sizes() == target->value.sizes(), "outputs of shape ", x->value.sizes(),
        " do not fit targets of shape ", target->value.sizes());
    return at::kl_div(x->value, target->value, at::Reduction::None, /*log_target=*/false);
  });
}

ct_status ct_exp(const ct_tensor *x, ct_out out) {
  return produce(out, [&] { return at::exp(x->value); });
}

ct_status ct_log(const ct_tensor *x, ct_out out) {
  return produce(out, [&] { return at::log(x->value); });
}

ct_status ct_pow(const ct_tensor *x, double exponent, ct_out out) {
  return produce(out, [&] { return at::pow(x->value, exponent); });
}

ct_status ct_clamp_min(const ct_tensor *x, double limit, ct_out out) {
  return produce(out, [&] { return at::clamp_min(x->value, limit); });
}
