// Concatenation of the channels of pictures in channels-last order: whole pixels are copied, forward and backward,
// where PyTorch walks through them by elements.
#include "parallel.h"
#include "support.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cstring>

using namespace ctorch;

namespace {

constexpr auto layout = at::MemoryFormat::ChannelsLast;

bool isPicture(const at::Tensor &x) {
  return x.dim() == 4 && x.is_cpu() && x.scalar_type() == at::kFloat && x.numel() > 0 &&
         x.is_contiguous(layout);
}

at::Tensor picture(const at::Tensor &like, int64_t channels) {
  return at::empty(
      {like.size(0), channels, like.size(2), like.size(3)}, at::kFloat, layout);
}

/// Calls `body` for ranges of the pixels of `x`.
template <class Body>
void forPixels(const at::Tensor &x, const Body &body) {
  const int64_t pixels = x.size(0) * x.size(2) * x.size(3);
  parallelFor(0, pixels, std::max<int64_t>(1, 16384 / x.size(1)), body);
}

struct Concatenation : torch::autograd::Function<Concatenation> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, at::TensorList list) {
    std::vector<int64_t> sizes;
    int64_t channels = 0;
    for (const auto &x : list) {
      sizes.push_back(x.size(1));
      channels += x.size(1);
    }
    auto result = picture(list[0], channels);
    auto *to = result.mutable_data_ptr<float>();
    int64_t first = 0;
    for (const auto &x : list) {
      const int64_t own = x.size(1), start = first;
      const auto *from = x.const_data_ptr<float>();
      forPixels(x, [&](int64_t begin, int64_t end) {
        for (int64_t p = begin; p < end; p++) {
          std::memcpy(to + p * channels + start, from + p * own, own * sizeof(float));
        }
      });
      first += own;
    }
    context->saved_data["sizes"] = std::move(sizes);
    return result;
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, const torch::autograd::variable_list &gradients) {
    const auto sizes = context->saved_data["sizes"].toIntVector();
    const auto dy = gradients[0].contiguous(layout);
    const auto *from = dy.const_data_ptr<float>();
    const int64_t channels = dy.size(1);
    torch::autograd::variable_list result(sizes.size());
    int64_t first = 0;
    for (size_t i = 0; i < sizes.size(); i++) {
      const int64_t own = sizes[i], start = first;
      first += own;
      if (!context->needs_input_grad(i)) continue;
      result[i] = picture(dy, own);
      auto *to = result[i].mutable_data_ptr<float>();
      forPixels(result[i], [&](int64_t begin, int64_t end) {
        for (int64_t p = begin; p < end; p++) {
          std::memcpy(to + p * own, from + p * channels + start, own * sizeof(float));
        }
      });
    }
    return result;
  }
};

}  // namespace

ct_status ct_cat(ct_list list, int64_t dim, ct_out out) {
  return produce(out, [&] {
    const auto all = tensors(list);
    auto fits = [&](const at::Tensor &x) {
      return isPicture(x) && x.size(0) == all[0].size(0) && x.size(2) == all[0].size(2) &&
             x.size(3) == all[0].size(3);
    };
    if (dim == 1 && !all.empty() && std::all_of(all.begin(), all.end(), fits)) {
      return Concatenation::apply(at::TensorList(all));
    }
    return at::cat(all, dim);
  });
}
