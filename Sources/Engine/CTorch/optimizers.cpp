// One optimizer step over all parameters, and gradient clipping.
//
// Gradients are read from the parameters here, which avoids creating handles for them.
#include "support.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/_fused_sgd.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <cmath>

using namespace ctorch;

namespace {

using Tensors = std::vector<at::Tensor>;

/// The tensors of one device and one element type, at matching positions.
struct Group {
  Tensors params, grads, averages, squares, maxima, steps;
};

void checkCount(const char *what, ct_list list, size_t expected) {
  TORCH_CHECK_VALUE(
      list.count == expected, list.count, " ", what, " for ", expected, " parameters");
}

/// The fused kernels walk all buffers of a parameter in parallel and ignore strides.
void checkLayout(const char *what, const at::Tensor &x, const at::Tensor &param) {
  TORCH_CHECK_VALUE(
      x.sizes() == param.sizes() && x.strides() == param.strides() &&
          x.scalar_type() == param.scalar_type() && x.device() == param.device(),
      "one of the ", what, " differs from its parameter in shape, strides, element type or device");
}

/// The gradient in the memory layout of its parameter.
at::Tensor alignedGrad(const at::Tensor &param) {
  const auto &grad = param.grad();
  if (grad.strides() == param.strides()) return grad;
  return at::empty_like(param).copy_(grad);
}

Group &groupOf(std::vector<Group> &groups, const at::Tensor &param) {
  TORCH_CHECK_VALUE(
      param.is_non_overlapping_and_dense(), "a parameter must own all of its memory");
  for (auto &group : groups) {
    const auto &first = group.params.front();
    if (first.device() == param.device() && first.scalar_type() == param.scalar_type()) {
      return group;
    }
  }
  return groups.emplace_back();
}

bool hasFusedKernels(const at::Tensor &param) { return param.is_cpu() || param.is_cuda(); }

/// Kernels read the step counts on the parameters' device. Those that are kept on the CPU are copied there in one
/// transfer.
Tensors stepsBeside(const Tensors &steps, const at::Tensor &param) {
  if (steps.front().device() == param.device()) return steps;
  return at::stack(steps).to(param.device()).unbind(0);
}

void fusedAdam(const Group &group, const ct_adam &o) {
  auto steps = stepsBeside(group.steps, group.params.front());
  auto step = [&](auto kernel) {
    kernel(
        group.params, group.grads, group.averages, group.squares, group.maxima, steps, o.lr,
        o.beta1, o.beta2, o.weight_decay, o.eps, o.amsgrad, /*maximize=*/false, std::nullopt,
        std::nullopt);
  };
  if (o.decoupled_weight_decay) {
    step([](auto &&...arguments) { at::_fused_adamw_(arguments...); });
  } else {
    step([](auto &&...arguments) { at::_fused_adam_(arguments...); });
  }
}

/// The same formula as separate operations, in the order of PyTorch's `_single_tensor_adam`.
void plainAdam(const Group &group, const ct_adam &o) {
  for (size_t i = 0; i < group.params.size(); i++) {
    auto param = group.params[i];
    auto grad = group.grads[i];
    auto average = group.averages[i];
    auto square = group.squares[i];
    const double step = group.steps[i].item().toDouble();
    if (o.weight_decay != 0) {
      if (o.decoupled_weight_decay) {
        param.mul_(1 - o.lr * o.weight_decay);
      } else {
        grad = grad.add(param, o.weight_decay);
      }
    }
    average.lerp_(grad, 1 - o.beta1);
    square.mul_(o.beta2).addcmul_(grad, grad, 1 - o.beta2);
    const double correction1 = 1 - std::pow(o.beta1, step);
    const double correction2 = 1 - std::pow(o.beta2, step);
    if (o.amsgrad) {
      auto maximum = group.maxima[i];
      square = maximum.copy_(at::maximum(maximum, square));
    }
    auto denominator = square.sqrt().div_(std::sqrt(correction2)).add_(o.eps);
    param.addcdiv_(average, denominator, -o.lr / correction1);
  }
}

void fusedSGD(const Group &group, const ct_sgd &o) {
  at::_fused_sgd_(
      group.params, group.grads, group.averages, o.weight_decay, o.momentum, o.lr, o.dampening,
      o.nesterov, /*maximize=*/false, o.first_step);
}

/// The same formula as separate operations, in the order of PyTorch's `_single_tensor_sgd`.
void plainSGD(const Group &group, const ct_sgd &o) {
  for (size_t i = 0; i < group.params.size(); i++) {
    auto param = group.params[i];
    auto grad = group.grads[i];
    if (o.weight_decay != 0) grad = grad.add(param, o.weight_decay);
    if (o.momentum != 0) {
      auto buffer = group.averages[i];
      if (o.first_step) {
        buffer.copy_(grad);
      } else {
        buffer.mul_(o.momentum).add_(grad, 1 - o.dampening);
      }
      grad = o.nesterov ? grad.add(buffer, o.momentum) : buffer;
    }
    param.add_(grad, -o.lr);
  }
}

}  // namespace

ct_status ct_adam_step(
    ct_list params, ct_list exp_avgs, ct_list exp_avg_sqs, ct_list max_exp_avg_sqs, ct_list steps,
    ct_adam options) {
  return guarded([&] {
    checkCount("first moments", exp_avgs, params.count);
    checkCount("second moments", exp_avg_sqs, params.count);
    checkCount("maxima of second moments", max_exp_avg_sqs, options.amsgrad ? params.count : 0);
    checkCount("step counts", steps, params.count);
    at::NoGradGuard noGrad;
    std::vector<Group> groups;
    for (size_t i = 0; i < params.count; i++) {
      const auto &param = params.tensors[i]->value;
      if (!param.grad().defined()) continue;
      const auto &step = steps.tensors[i]->value;
      TORCH_CHECK_VALUE(
          (step.is_cpu() || step.device() == param.device()) && step.dim() == 0 &&
              step.scalar_type() == at::kFloat,
          "a step count must be a float32 scalar on the CPU or on its parameter's device");
      checkLayout("first moments", exp_avgs.tensors[i]->value, param);
      checkLayout("second moments", exp_avg_sqs.tensors[i]->value, param);
      auto &group = groupOf(groups, param);
      group.params.push_back(param);
      group.grads.push_back(alignedGrad(param));
      group.averages.push_back(exp_avgs.tensors[i]->value);
      group.squares.push_back(exp_avg_sqs.tensors[i]->value);
      group.steps.push_back(step);
      if (!options.amsgrad) continue;
      checkLayout("maxima of second moments", max_exp_avg_sqs.tensors[i]->value, param);
      group.maxima.push_back(max_exp_avg_sqs.tensors[i]->value);
    }
    for (auto &group : groups) {
      // The kernels expect the number of this step, counted from 1.
      at::_foreach_add_(group.steps, 1);
      if (options.fused && hasFusedKernels(group.params.front())) {
        fusedAdam(group, options);
      } else {
        plainAdam(group, options);
      }
    }
  });
}

ct_status ct_sgd_step(ct_list params, ct_list momentum_buffers, ct_sgd options) {
  return guarded([&] {
    const bool hasMomentum = options.momentum != 0;
    if (hasMomentum || momentum_buffers.count > 0) {
      checkCount("momentum buffers", momentum_buffers, params.count);
    }
    TORCH_CHECK_VALUE(
        !options.nesterov || (hasMomentum && options.dampening == 0),
        "Nesterov momentum requires a momentum and zero dampening");
    at::NoGradGuard noGrad;
    std::vector<Group> groups;
    for (size_t i = 0; i < params.count; i++) {
      const auto &param = params.tensors[i]->value;
      if (!param.grad().defined()) continue;
      auto &group = groupOf(groups, param);
      group.params.push_back(param);
      group.grads.push_back(alignedGrad(param));
      if (!hasMomentum) continue;
      checkLayout("momentum buffers", momentum_buffers.tensors[i]->value, param);
      group.averages.push_back(momentum_buffers.tensors[i]->value);
    }
    // Without momentum, PyTorch has no first step either.
    options.first_step = options.first_step && hasMomentum;
    for (auto &group : groups) {
      if (options.fused && hasFusedKernels(group.params.front())) {
        fusedSGD(group, options);
      } else {
        plainSGD(group, options);
      }
    }
  });
}

ct_status ct_clip_grad_norm(ct_list params, double max_norm, ct_out total_norm) {
  return produce(total_norm, [&] {
    at::NoGradGuard noGrad;
    std::vector<Group> groups;
    for (size_t i = 0; i < params.count; i++) {
      const auto &param = params.tensors[i]->value;
      if (!param.grad().defined()) continue;
      auto &group = groupOf(groups, param);
      group.params.push_back(param);
      group.grads.push_back(param.grad());
    }
    if (groups.empty()) return at::zeros({}, at::kFloat);
    const auto place = groups.front().params.front().device();
    Tensors norms;
    for (const auto &group : groups) {
      for (const auto &norm : at::_foreach_norm(group.grads, 2)) norms.push_back(norm.to(place));
    }
    auto total = at::linalg_vector_norm(at::stack(norms), 2);
    // Clamped instead of compared, so that the CPU does not have to wait for the device.
    auto factor = total.add(1e-6).reciprocal_().mul_(max_norm).clamp_max_(1);
    for (const auto &group : groups) {
      at::_foreach_mul_(group.grads, factor.to(group.params.front().device()));
    }
    return total;
  });
}
