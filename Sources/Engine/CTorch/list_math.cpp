// More in-place operations on every tensor of a list: those that optimizers other than Adam need.
#include "support.h"

#include <ATen/ops/_foreach_abs.h>
#include <ATen/ops/_foreach_clamp_max.h>
#include <ATen/ops/_foreach_clamp_min.h>
#include <ATen/ops/_foreach_div.h>
#include <ATen/ops/_foreach_maximum.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_sign.h>

using namespace ctorch;

ct_status ct_list_mul_(ct_list x, ct_list y) {
  return change(x, [&](auto x) { at::_foreach_mul_(x, tensors(y)); });
}

ct_status ct_list_div_(ct_list x, ct_list y) {
  return change(x, [&](auto x) { at::_foreach_div_(x, tensors(y)); });
}

ct_status ct_list_maximum_(ct_list x, ct_list y) {
  return change(x, [&](auto x) { at::_foreach_maximum_(x, tensors(y)); });
}

ct_status ct_list_abs_(ct_list x) {
  return change(x, [&](auto x) { at::_foreach_abs_(x); });
}

ct_status ct_list_sign_(ct_list x) {
  return change(x, [&](auto x) { at::_foreach_sign_(x); });
}

ct_status ct_clip_grad_value(ct_list params, double limit) {
  return guarded([&] {
    at::NoGradGuard noGrad;
    std::vector<at::Tensor> grads;
    for (size_t i = 0; i < params.count; i++) {
      const auto &grad = params.tensors[i]->value.grad();
      if (grad.defined()) grads.push_back(grad);
    }
    if (grads.empty()) return;
    at::_foreach_clamp_min_(grads, -limit);
    at::_foreach_clamp_max_(grads, limit);
  });
}
