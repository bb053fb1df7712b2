// Layers, activations and losses.
#include "dense_convolution.h"
#include "direct_convolution.h"
#include "fast_convolution.h"
#include "support.h"

#include <ATen/core/Reduction.h>
#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/elu.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/hardsigmoid.h>
#include <ATen/ops/hardswish.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mish.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/relu6.h>
#include <ATen/ops/selu.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/softplus.h>

using namespace ctorch;

namespace {

int64_t reductionCode(ct_reduction reduction) {
  switch (reduction) {
    case CT_NONE: return at::Reduction::None;
    case CT_MEAN: return at::Reduction::Mean;
    case CT_SUM: return at::Reduction::Sum;
  }
  return at::Reduction::Mean;
}

}  // namespace

ct_status ct_linear(
    const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias, ct_out out) {
  return produce(out, [&] { return at::linear(x->value, weight->value, optional(bias)); });
}

ct_status ct_conv2d(
    const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias, ct_ints stride,
    ct_ints padding, ct_ints dilation, int64_t groups, ct_out out) {
  return produce(out, [&] {
    const auto dense = denseConvolution(
        x->value, weight->value, ints(stride), ints(padding), ints(dilation), groups);
    if (dense) return convolve(*dense, x->value, weight->value, optional(bias));
    if (isFast(
            x->value, weight->value, ints(stride), ints(padding), ints(dilation), groups)) {
      return fastConvolution(x->value, weight->value, optional(bias), ints(padding));
    }
    if (isDirect(x->value, weight->value, ints(padding), ints(dilation), groups)) {
      return directConvolution(
          x->value, weight->value, optional(bias), ints(stride), ints(padding));
    }
    return at::conv2d(
        x->value, weight->value, optional(bias), ints(stride), ints(padding), ints(dilation),
        groups);
  });
}

ct_status ct_layer_norm(
    const ct_tensor *x, ct_ints shape, const ct_tensor *weight, const ct_tensor *bias, double eps,
    ct_out out) {
  return produce(out, [&] {
    return at::layer_norm(x->value, ints(shape), optional(weight), optional(bias), eps);
  });
}

ct_status ct_group_norm(
    const ct_tensor *x, int64_t groups, const ct_tensor *weight, const ct_tensor *bias, double eps,
    ct_out out) {
  return produce(out, [&] {
    return at::group_norm(x->value, groups, optional(weight), optional(bias), eps);
  });
}

ct_status ct_avg_pool2d(
    const ct_tensor *x, ct_ints kernel, ct_ints stride, ct_ints padding, bool ceil_mode,
    bool count_include_pad, ct_out out) {
  return produce(out, [&] {
    return at::avg_pool2d(
        x->value, ints(kernel), ints(stride), ints(padding), ceil_mode, count_include_pad);
  });
}

ct_status ct_adaptive_avg_pool2d(const ct_tensor *x, ct_ints output_size, ct_out out) {
  return produce(out, [&] { return at::adaptive_avg_pool2d(x->value, ints(output_size)); });
}

ct_status ct_relu(const ct_tensor *x, ct_out out) {
  return produce(out, [&] { return x->value.relu(); });
}

ct_status ct_relu_(const ct_tensor *x) {
  return guarded([&] { x->value.relu_(); });
}

ct_status ct_leaky_relu(const ct_tensor *x, double slope, ct_out out) {
  return produce(out, [&] { return at::leaky_relu(x->value, slope); });
}

ct_status ct_gelu(const ct_tensor *x, bool tanh_approximation, ct_out out) {
  return produce(out, [&] { return at::gelu(x->value, tanh_approximation ? "tanh" : "none"); });
}

ct_status ct_silu(const ct_tensor *x, ct_out out) {
  return produce(out, [&] { return at::silu(x->value); });
}

ct_status ct_hardswish(const ct_tensor *x, ct_out out) {
  return produce(out, [&] { return at::hardswish(x->value); });
}

ct_status ct_relu6(const ct_tensor *x, ct_out out) {
  return produce(out, [&] { return at::relu6(x->value); });
}

ct_status ct_hardsigmoid(const ct_tensor *x, ct_out out) {
  return produce(out, [&] { return at::hardsigmoid(x->value); });
}

ct_status ct_selu(const ct_tensor *x, ct_out out) {
  return produce(out, [&] { return at::selu(x->value); });
}

ct_status ct_mish(const ct_tensor *x, ct_out out) {
  return produce(out, [&] { return at::mish(x->value); });
}

ct_status ct_elu(const ct_tensor *x, double alpha, ct_out out) {
  return produce(out, [&] { return at::elu(x->value, alpha); });
}

ct_status ct_softplus(const ct_tensor *x, double beta, double threshold, ct_out out) {
  return produce(out, [&] { return at::softplus(x->value, beta, threshold); });
}

ct_status ct_sigmoid(const ct_tensor *x, ct_out out) {
  return produce(out, [&] { return x->value.sigmoid(); });
}

ct_status ct_tanh(const ct_tensor *x, ct_out out) {
  return produce(out, [&] { return x->value.tanh(); });
}

ct_status ct_log_softmax(const ct_tensor *x, int64_t dim, ct_out out) {
  return produce(out, [&] { return x->value.log_softmax(dim); });
}

ct_status ct_softmax(const ct_tensor *x, int64_t dim, ct_out out) {
  return produce(out, [&] { return x->value.softmax(dim); });
}

ct_status ct_cross_entropy(
    const ct_tensor *logits, const ct_tensor *target, double label_smoothing,
    ct_reduction reduction, ct_out out) {
  return produce(out, [&] {
    // Floating-point targets would be interpreted as class probabilities.
    TORCH_CHECK_VALUE(
        target->value.scalar_type() == at::kLong, "class numbers must be int64, not ",
        target->value.scalar_type());
    return at::cross_entropy_loss(
        logits->value, target->value, /*weight=*/std::nullopt, reductionCode(reduction),
        /*ignore_index=*/-100, label_smoothing);
  });
}

ct_status ct_mse_loss(
    const ct_tensor *x, const ct_tensor *target, ct_reduction reduction, ct_out out) {
  return produce(out, [&] {
    // Shapes that merely broadcast, such as [N] and [N, 1], give a meaningless loss.
    TORCH_CHECK_VALUE(
        x->value.sizes() == target->value.sizes(), "values of shape ", x->value.sizes(),
        " do not fit targets of shape ", target->value.sizes());
    return at::mse_loss(x->value, target->value, reductionCode(reduction));
  });
}

ct_status ct_bce_with_logits(
    const ct_tensor *logits, const ct_tensor *target, const ct_tensor *positive_weights,
    ct_reduction reduction, ct_out out) {
  return produce(out, [&] {
    std::optional<at::Tensor> weights;
    if (positive_weights != nullptr) weights = positive_weights->value;
    TORCH_CHECK_VALUE(
        logits->value.sizes() == target->value.sizes(), "logits of shape ", logits->value.sizes(),
        " do not fit targets of shape ", target->value.sizes());
    return at::binary_cross_entropy_with_logits(
        logits->value, target->value, /*weight=*/{}, /*pos_weight=*/weights, reductionCode(reduction));
  });
}
