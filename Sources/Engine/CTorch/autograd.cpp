// Gradients. No header of torch::autograd is needed: at::Tensor reaches them through hooks.
#include "support.h"

#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>

using namespace ctorch;

namespace {

/// The inference modes entered on this thread. Closures nest, so a stack is enough; entering another mode
/// inside one has no effect. Entering and leaving set thread-local flags, which cannot fail.
struct InferenceDepth {
  int depth = 0;
  std::optional<c10::InferenceMode> mode;
};
thread_local InferenceDepth inference;

}  // namespace

bool ct_set_grad_enabled(bool enabled) {
  bool before = at::GradMode::is_enabled();
  at::GradMode::set_enabled(enabled);
  return before;
}

void ct_inference_mode_begin(void) {
  if (inference.depth++ == 0) inference.mode.emplace(true);
}

void ct_inference_mode_end(void) {
  if (--inference.depth == 0) inference.mode.reset();
}

bool ct_requires_grad(const ct_tensor *x) { return x->value.requires_grad(); }

ct_status ct_set_requires_grad(const ct_tensor *x, bool requires_grad) {
  return guarded([&] { x->value.set_requires_grad(requires_grad); });
}

ct_status ct_grad(const ct_tensor *x, ct_out out) {
  return guarded([&] {
    const auto &grad = x->value.grad();
    *out = grad.defined() ? new ct_tensor(grad) : nullptr;
  });
}

ct_status ct_set_grad(const ct_tensor *x, const ct_tensor *grad) {
  return guarded([&] {
    if (grad == nullptr) {
      x->value.mutable_grad().reset();
      return;
    }
    // The engine and the optimizers use the gradient without checking it.
    TORCH_CHECK_VALUE(
        grad->value.sizes() == x->value.sizes(), "a gradient of shape ", grad->value.sizes(),
        " does not fit a tensor of shape ", x->value.sizes());
    TORCH_CHECK_VALUE(
        grad->value.scalar_type() == x->value.scalar_type() &&
            grad->value.device() == x->value.device(),
        "a gradient must have its tensor's element type and device");
    x->value.mutable_grad() = grad->value;
  });
}

ct_status ct_zero_grad(ct_list params) {
  return guarded([&] {
    for (size_t i = 0; i < params.count; i++) params.tensors[i]->value.mutable_grad().reset();
  });
}

ct_status ct_backward(const ct_tensor *x, const ct_tensor *grad, bool retain_graph) {
  return guarded([&] {
    x->value.backward(grad == nullptr ? at::Tensor() : grad->value, retain_graph);
  });
}
