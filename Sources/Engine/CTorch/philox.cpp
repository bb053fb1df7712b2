// Random masks that are computed on the device that needs them.
#include "ctorch_device.h"
#include "support.h"

#include <ATen/ScalarOps.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bitwise_and.h>
#include <ATen/ops/bitwise_right_shift.h>
#include <ATen/ops/bitwise_xor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/ge.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

using namespace ctorch;

namespace {

constexpr int64_t low = 0xFFFFFFFF;
constexpr int rounds = 10;

/// A number as an operand, which kernels take as an argument: nothing is copied to the device.
at::Tensor number(int64_t value) {
  auto result = c10::scalar_to_tensor(at::Scalar(value));
  result.unsafeGetTensorImpl()->set_wrapped_number(true);
  return result;
}

/// The keys of all rounds, [10, 2, 1].
at::Tensor roundKeys(const at::Tensor &key) {
  const int64_t increments[] = {0x9E3779B9, 0xBB67AE85};
  auto keys = at::empty({rounds, 2, 1}, key.options());
  const auto round = at::arange(rounds, key.options()).unsqueeze(1);
  for (int word = 0; word < 2; word++) {
    auto column = keys.select(1, word);
    column.copy_(round).mul_(increments[word]).add_(key.select(0, word)).bitwise_and_(low);
  }
  return keys;
}

/// At least `count` words of the stream, as int64 [blocks, 4]; see `Philox.block` in Sources/Support/Randomness.
///
/// A product of two 32-bit words has 64 bits. That int64 reads the upper one as a sign does not matter: the bits of a
/// product are the same, and those that a shift copies from the sign are masked.
at::Tensor words(const at::Tensor &key, int64_t count) {
  const auto options = key.options();
  const int64_t blocks = (count + 3) / 4;
  const auto keys = roundKeys(key);
  const auto left = number(0xD2511F53), right = number(0xCD9E8D57);
  // The even words of every counter, [c0, c2], and the odd ones, [c1, c3].
  auto even = at::zeros({2, blocks}, options), odd = at::zeros({2, blocks}, options);
  const auto places = at::arange(blocks, options);
  auto c0 = even.select(0, 0), c2 = even.select(0, 1);
  auto upper = odd.select(0, 0);
  at::bitwise_and_out(c0, places, low);
  at::bitwise_right_shift_out(upper, places, 32);
  auto products = at::empty_like(even);
  auto fromLeft = products.select(0, 1), fromRight = products.select(0, 0);
  for (int round = 0; round < rounds; round++) {
    at::mul_out(fromLeft, c0, left);
    at::mul_out(fromRight, c2, right);
    at::bitwise_right_shift_out(even, products, 32);
    even.bitwise_and_(low).bitwise_xor_(odd).bitwise_xor_(keys[round]);
    at::bitwise_and_out(odd, products, low);
  }
  return at::stack({c0, odd.select(0, 0), c2, odd.select(0, 1)}, 1);
}

}  // namespace

ct_status ct_dropout_mask(
    const ct_tensor *key, uint32_t threshold, float scale, ct_ints shape, ct_out out) {
  return produce(out, [&] {
    at::NoGradGuard noGrad;
    TORCH_CHECK_VALUE(
        key->value.scalar_type() == at::kLong && key->value.sizes() == at::IntArrayRef{2},
        "a key is int64 [2], not ", key->value.scalar_type(), " ", key->value.sizes());
    const auto sizes = ints(shape);
    int64_t count = 1;
    for (const auto size : sizes) count *= size;
    if (count == 0) return at::empty(sizes, key->value.options().dtype(at::kFloat));
    const auto kept = at::ge(words(key->value, count), int64_t(threshold) << 8);
    return kept.view(-1).narrow(0, 0, count).to(at::kFloat).mul_(scale).view(sizes);
  });
}

ct_status ct_random_key(uint32_t key0, uint32_t key1, ct_device where, ct_out out) {
  return produce(out, [&] {
    auto key = at::empty({2}, at::TensorOptions(device(where)).dtype(at::kLong));
    key.select(0, 0).fill_(int64_t(key0));
    key.select(0, 1).fill_(int64_t(key1));
    return key;
  });
}
