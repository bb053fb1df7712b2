#include "dense_convolution.h"

#include "parallel.h"
#include "support.h"

#include <ATen/autocast_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

namespace ctorch {

namespace {

/// The steps of a kernel from one pixel to another along one dimension, for each output and each input pixel; empty if
/// there is none between two of them.
std::vector<int64_t> steps(
    int64_t size, int64_t outSize, int64_t kernel, int64_t stride, int64_t padding) {
  std::vector<int64_t> result;
  for (int64_t to = 0; to < outSize; to++) {
    for (int64_t from = 0; from < size; from++) {
      const int64_t step = from + padding - to * stride;
      if (step < 0 || step >= kernel) return {};
      result.push_back(step);
    }
  }
  return result;
}

/// Pictures [N, C, H, W] in channels-last order as rows [N, H · W · C], without a copy.
at::Tensor rows(const at::Tensor &pictures) {
  return pictures.permute({0, 2, 3, 1}).reshape({pictures.size(0), -1});
}

/// The inverse of `rows`.
at::Tensor pictures(const at::Tensor &rows, int64_t channels, int64_t height, int64_t width) {
  return rows.view({rows.size(0), height, width, channels}).permute({0, 3, 1, 2});
}

/// Calls `body` with the output channel, the position in the dense weights of the first input channel of each pair of
/// pixels, and their tap.
template <class Body>
void forEachPair(const DenseConvolution &layer, const Body &body) {
  const int64_t pixels = layer.height * layer.width, outPixels = layer.out_height * layer.out_width;
  const int64_t grain = 1 + 65536 / (pixels * outPixels * layer.channels);
  parallelFor(0, layer.out_channels, grain, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; k++) {
      for (int64_t to = 0; to < outPixels; to++) {
        for (int64_t from = 0; from < pixels; from++) {
          const int64_t row = to * layer.out_channels + k;
          body(k, (row * pixels + from) * layer.channels, layer.taps[to * pixels + from]);
        }
      }
    }
  });
}

/// The weights between all pixels: [out height · out width · K, height · width · C].
at::Tensor denseWeights(const DenseConvolution &layer, const at::Tensor &weight) {
  const auto dense = weight.contiguous();
  const int64_t pixels = layer.height * layer.width, outPixels = layer.out_height * layer.out_width;
  const int64_t channels = layer.channels, size = weight.size(2) * weight.size(3);
  auto result = at::empty({outPixels * layer.out_channels, pixels * channels}, at::kFloat);
  const auto *source = dense.const_data_ptr<float>();
  auto *target = result.mutable_data_ptr<float>();
  forEachPair(layer, [&](int64_t k, int64_t place, int64_t tap) {
    const auto *from = source + k * channels * size + tap;
    for (int64_t c = 0; c < channels; c++) target[place + c] = from[c * size];
  });
  return result;
}

/// The gradient of the weight from that of the weights between all pixels.
at::Tensor weightGradient(
    const DenseConvolution &layer, const at::Tensor &gradient, at::IntArrayRef shape) {
  const int64_t channels = layer.channels, size = shape[2] * shape[3];
  auto result = at::zeros(shape, at::kFloat);
  const auto *source = gradient.const_data_ptr<float>();
  auto *target = result.mutable_data_ptr<float>();
  forEachPair(layer, [&](int64_t k, int64_t place, int64_t tap) {
    auto *to = target + k * channels * size + tap;
    for (int64_t c = 0; c < channels; c++) to[c * size] += source[place + c];
  });
  return result;
}

struct Convolve : torch::autograd::Function<Convolve> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &weight,
      const std::optional<at::Tensor> &bias, const DenseConvolution &layer) {
    const auto weights = denseWeights(layer, weight);
    context->save_for_backward({x, weights});
    context->saved_data["shape"] = weight.sizes().vec();
    context->saved_data["bias"] = bias.has_value();
    context->saved_data["size"] = std::vector<int64_t>{layer.out_height, layer.out_width};
    context->saved_data["taps"] = layer.taps;
    // Not a view of the product: what follows may write into it.
    auto y = at::empty(
        {x.size(0), layer.out_channels, layer.out_height, layer.out_width}, at::kFloat,
        at::MemoryFormat::ChannelsLast);
    auto product = y.permute({0, 2, 3, 1}).view({x.size(0), weights.size(0)});
    at::mm_out(product, rows(x), weights.t());
    if (bias) y.add_(bias->view({1, -1, 1, 1}));
    return y;
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, const torch::autograd::variable_list &gradients) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &weights = saved[1];
    const auto shape = context->saved_data["shape"].toIntVector();
    const auto size = context->saved_data["size"].toIntVector();
    const DenseConvolution layer{
        shape[1], x.size(2), x.size(3), shape[0], size[0], size[1],
        context->saved_data["taps"].toIntVector()};
    const auto dy = rows(gradients[0]);
    torch::autograd::variable_list result(4);
    if (context->needs_input_grad(0)) {
      result[0] = pictures(at::mm(dy, weights), layer.channels, layer.height, layer.width);
    }
    if (context->needs_input_grad(1)) {
      result[1] = weightGradient(layer, at::mm(dy.t(), rows(x)), shape);
    }
    if (context->saved_data["bias"].toBool() && context->needs_input_grad(2)) {
      result[2] = gradients[0].sum({0, 2, 3});
    }
    return result;
  }
};

}  // namespace

std::optional<DenseConvolution> denseConvolution(
    const at::Tensor &x, const at::Tensor &weight, at::IntArrayRef stride, at::IntArrayRef padding,
    at::IntArrayRef dilation, int64_t groups) {
  const bool fits = x.dim() == 4 && weight.dim() == 4 && x.numel() > 0 && weight.numel() > 0 &&
                    groups == 1 && dilation.front() == 1 && dilation.back() == 1 &&
                    x.size(1) == weight.size(1) && x.size(2) <= weight.size(2) &&
                    x.size(3) <= weight.size(3) && x.is_cpu() && weight.is_cpu() &&
                    x.scalar_type() == at::kFloat && weight.scalar_type() == at::kFloat &&
                    x.is_contiguous(at::MemoryFormat::ChannelsLast) &&
                    !at::autocast::is_autocast_enabled(at::kCPU);
  if (!fits) return std::nullopt;
  auto places = [&](int dimension, int64_t step, int64_t zeros) {
    const int64_t room = x.size(dimension) + 2 * zeros - weight.size(dimension);
    return room < 0 ? 0 : room / step + 1;
  };
  const int64_t height = places(2, stride.front(), padding.front());
  const int64_t width = places(3, stride.back(), padding.back());
  const auto down = steps(x.size(2), height, weight.size(2), stride.front(), padding.front());
  const auto across = steps(x.size(3), width, weight.size(3), stride.back(), padding.back());
  if (down.empty() || across.empty()) return std::nullopt;
  DenseConvolution result{
      weight.size(1), x.size(2), x.size(3), weight.size(0), height, width, {}};
  for (int64_t row = 0; row < height; row++) {
    for (int64_t column = 0; column < width; column++) {
      for (int64_t y = 0; y < x.size(2); y++) {
        for (int64_t z = 0; z < x.size(3); z++) {
          result.taps.push_back(
              down[row * x.size(2) + y] * weight.size(3) + across[column * x.size(3) + z]);
        }
      }
    }
  }
  return result;
}

at::Tensor convolve(
    const DenseConvolution &layer, const at::Tensor &x, const at::Tensor &weight,
    const std::optional<at::Tensor> &bias) {
  return Convolve::apply(x, weight, bias, layer);
}

}  // namespace ctorch
