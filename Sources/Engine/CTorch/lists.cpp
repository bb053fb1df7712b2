// In-place operations on every tensor of a list, with only a few kernels for all of them on a GPU.
#include "support.h"

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_addcdiv.h>
#include <ATen/ops/_foreach_addcmul.h>
#include <ATen/ops/_foreach_copy.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_sqrt.h>

using namespace ctorch;

ct_status ct_list_copy_(ct_list x, ct_list source) {
  return change(x, [&](auto x) { at::_foreach_copy_(x, tensors(source)); });
}

ct_status ct_list_mul_scalar_(ct_list x, double value) {
  return change(x, [&](auto x) { at::_foreach_mul_(x, value); });
}

ct_status ct_list_add_scalar_(ct_list x, double value) {
  return change(x, [&](auto x) { at::_foreach_add_(x, value); });
}

ct_status ct_list_add_(ct_list x, ct_list y, double alpha) {
  return change(x, [&](auto x) { at::_foreach_add_(x, tensors(y), alpha); });
}

ct_status ct_list_addcmul_(ct_list x, ct_list a, ct_list b, double value) {
  return change(x, [&](auto x) { at::_foreach_addcmul_(x, tensors(a), tensors(b), value); });
}

ct_status ct_list_addcdiv_(ct_list x, ct_list a, ct_list b, double value) {
  return change(x, [&](auto x) { at::_foreach_addcdiv_(x, tensors(a), tensors(b), value); });
}

ct_status ct_list_lerp_(ct_list x, ct_list y, double weight) {
  return change(x, [&](auto x) { at::_foreach_lerp_(x, tensors(y), weight); });
}

ct_status ct_list_sqrt_(ct_list x) {
  return change(x, [&](auto x) { at::_foreach_sqrt_(x); });
}
