// One step of Muon over all parameters, in the order of PyTorch's `_single_tensor_muon`.
#include "support.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/addmm.h>

#include <algorithm>
#include <cmath>

using namespace ctorch;

namespace {

/// Close to the nearest orthogonal matrix, by the quintic Newton-Schulz iteration in bfloat16.
at::Tensor orthogonalized(const at::Tensor &update, const ct_muon &o) {
  const bool isTall = update.size(0) > update.size(1);
  auto x = update.to(at::kBFloat16);
  if (isTall) x = x.t();
  x = x.div(x.norm().clamp_min(o.eps));
  for (int64_t i = 0; i < o.ns_steps; i++) {
    const auto gram = x.matmul(x.t());
    const auto polynomial = at::addmm(gram, gram, gram, o.b, o.c);
    x = at::addmm(x, polynomial, x, o.a, 1);
  }
  return isTall ? x.t() : x;
}

double adjustedRate(const at::Tensor &param, const ct_muon &o) {
  const auto rows = static_cast<double>(param.size(0));
  const auto columns = static_cast<double>(param.size(1));
  if (o.match_rms_adamw) return o.lr * 0.2 * std::sqrt(std::max(rows, columns));
  return o.lr * std::sqrt(std::max(1.0, rows / columns));
}

}  // namespace

ct_status ct_muon_step(ct_list params, ct_list momentum_buffers, ct_muon options) {
  return guarded([&] {
    TORCH_CHECK_VALUE(
        momentum_buffers.count == params.count, momentum_buffers.count, " momentum buffers for ",
        params.count, " parameters");
    at::NoGradGuard noGrad;
    for (size_t i = 0; i < params.count; i++) {
      auto &param = params.tensors[i]->value;
      const auto &grad = param.grad();
      if (!grad.defined()) continue;
      TORCH_CHECK_VALUE(
          param.dim() == 2 && param.numel() > 0, "Muon updates matrices, not a tensor of shape ",
          param.sizes());
      auto &buffer = momentum_buffers.tensors[i]->value;
      buffer.lerp_(grad, 1 - options.momentum);
      const auto update = options.nesterov ? grad.lerp(buffer, options.momentum) : buffer;
      const auto direction = orthogonalized(update, options);
      param.mul_(1 - options.lr * options.weight_decay);
      param.add_(direction, -adjustedRate(param, options));
    }
  });
}
