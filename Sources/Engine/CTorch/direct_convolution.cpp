// How the work of a direct convolution is divided among threads.
//
// The output of each picture is divided into bands of rows. Outputs are independent of each other; the gradient of
// the weights is summed over groups of bands that the shape determines, so that the same values come from any number of
// threads.
#include "direct_convolution.h"

#include "ckdirect.h"
#include "parallel.h"
#include "processors.h"

#include <ATen/autocast_mode.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cstring>

namespace ctorch {

namespace {

/// The geometry of a convolution of pictures.
struct Layer {
  int64_t images, channels, height, width;
  int64_t outChannels, rows, columns;
  int64_t stride[2], padding[2];

  int64_t outHeight() const { return (height + 2 * padding[0] - rows) / stride[0] + 1; }
  int64_t outWidth() const { return (width + 2 * padding[1] - columns) / stride[1] + 1; }

  const ck_direct &kernels() const { return *ck_best_direct(outChannels); }

  /// The output channels, filled up to whole registers.
  int64_t paddedChannels() const {
    const int64_t lanes = kernels().lanes;
    return parts(outChannels, lanes) * lanes;
  }

  /// The floats of a row of the picture with the zeros beside it.
  int64_t line() const { return (width + 2 * padding[1]) * channels; }
  /// The products of an output for one row of the kernel.
  int64_t depth() const { return columns * channels; }
  int64_t step() const { return stride[1] * channels; }

  /// The rows of the output in a band: as many as have inputs of 64 kB.
  int64_t bandRows() const {
    const int64_t lines = (64 << 10) / static_cast<int64_t>(sizeof(float)) / line();
    return std::clamp<int64_t>((lines - rows) / stride[0] + 1, 1, outHeight());
  }
  int64_t bands() const { return parts(outHeight(), bandRows()); }

  /// Whether the padding of a row's last pixel lies within the `left` rows of the band after it.
  bool holdsPadding(int64_t left) const {
    return left * outWidth() * outChannels >= paddedChannels() - outChannels;
  }
};

/// A part of the output of one picture, with the rows of the picture that it depends on.
class Band {
 public:
  explicit Band(const Layer &layer)
      : layer(layer),
        memory(at::empty(
            {((layer.bandRows() - 1) * layer.stride[0] + layer.rows) * layer.line()}, at::kFloat)) {}

  /// Moves to a band of all pictures `x`.
  void move(const float *x, int64_t index) {
    image = index / layer.bands();
    first = index % layer.bands() * layer.bandRows();
    count = std::min(layer.bandRows(), layer.outHeight() - first);
    const int64_t top = first * layer.stride[0] - layer.padding[0], row = layer.width * layer.channels;
    const float *picture = x + image * layer.height * row;
    if (layer.padding[0] == 0 && layer.padding[1] == 0) {
      values = picture + top * row;
      return;
    }
    const int64_t side = layer.padding[1] * layer.channels;
    auto *to = memory.mutable_data_ptr<float>();
    values = to;
    for (int64_t y = top; y < top + (count - 1) * layer.stride[0] + layer.rows; y++) {
      if (y < 0 || y >= layer.height) {
        std::memset(to, 0, layer.line() * sizeof(float));
      } else {
        std::memset(to, 0, side * sizeof(float));
        std::memcpy(to + side, picture + y * row, row * sizeof(float));
        std::memset(to + side + row, 0, side * sizeof(float));
      }
      to += layer.line();
    }
  }

  /// What the first output of a row of the band depends on.
  const float *inputs(int64_t row) const { return values + row * layer.stride[0] * layer.line(); }

  /// The place of a row of the band among the rows of all outputs.
  int64_t place(int64_t row) const { return image * layer.outHeight() + rowOfPicture(row); }

  int64_t rowOfPicture(int64_t row) const { return first + row; }

  int64_t count = 0;

 private:
  const Layer &layer;
  at::Tensor memory;
  const float *values = nullptr;
  int64_t image = 0, first = 0;
};

/// The layer with a weight of this shape.
Layer layerOf(
    const at::Tensor &x, at::IntArrayRef weight, at::IntArrayRef stride, at::IntArrayRef padding,
    bool transposed = false) {
  return {x.size(0), x.size(1), x.size(2), x.size(3), weight[transposed ? 1 : 0],
          weight[2], weight[3], {stride.front(), stride.back()},
          {padding.front(), padding.back()}};
}

/// Below this number of products, another thread does not pay off.
int64_t grain(const Layer &layer) {
  const int64_t products = layer.bandRows() * layer.outWidth() * layer.rows * layer.depth() *
                           layer.paddedChannels();
  return 1 + (1 << 18) / std::max<int64_t>(products, 1);
}

/// The weights for `layer`, with `transposed` for the gradient of the input of one with a stride of 1.
DirectWeights pack(
    const Layer &layer, const at::Tensor &weight, const std::optional<at::Tensor> &bias,
    bool transposed) {
  const int64_t channels = layer.paddedChannels();
  const auto dense = weight.contiguous();
  DirectWeights packed{
      weight.sizes().vec(), at::empty({layer.rows * layer.depth() * channels}, at::kFloat), {}, {}};
  layer.kernels().pack(
      dense.const_data_ptr<float>(), layer.channels, layer.outChannels, layer.rows, layer.columns,
      transposed, packed.values.mutable_data_ptr<float>());
  if (bias) packed.bias = at::constant_pad_nd(*bias, {0, channels - layer.outChannels});
  return packed;
}

CT_FOR_EACH_PROCESSOR
void add(float *values, const float *addends, int64_t count) {
  for (int64_t i = 0; i < count; i++) values[i] += addends[i];
}

/// Clamps values to 0 to `most`, and leaves NaN.
CT_FOR_EACH_PROCESSOR
void clamp(float *values, int64_t count, float most) {
  for (int64_t i = 0; i < count; i++) {
    const float value = values[i] < 0 ? 0 : values[i];
    values[i] = value > most ? most : value;
  }
}

at::Tensor convolve(
    const Layer &layer, const at::Tensor &x, const DirectWeights &packed,
    std::optional<float> most = std::nullopt) {
  const auto &kernels = layer.kernels();
  const int64_t channels = layer.paddedChannels(), width = layer.outWidth();
  auto y = at::empty(
      {layer.images, layer.outChannels, layer.outHeight(), width}, at::kFloat,
      at::MemoryFormat::ChannelsLast);
  const auto *source = x.const_data_ptr<float>(), *weights = packed.values.const_data_ptr<float>();
  const auto *first = packed.bias.defined() ? packed.bias.const_data_ptr<float>() : nullptr;
  const auto *addend = packed.addend.defined() ? packed.addend.const_data_ptr<float>() : nullptr;
  auto *target = y.mutable_data_ptr<float>();
  parallelFor(0, layer.images * layer.bands(), grain(layer), [&](int64_t begin, int64_t end) {
    Band band(layer);
    const bool hasPadding = channels != layer.outChannels, isNarrow = channels <= kernels.panel;
    auto memory = at::empty({hasPadding ? width * channels : 0}, at::kFloat);
    for (int64_t b = begin; b < end; b++) {
      band.move(source, b);
      for (int64_t row = 0; row < band.count; row++) {
        float *to = target + band.place(row) * width * layer.outChannels;
        // Not where padding would reach into another band, or where the kernels write panel by panel.
        const bool isWhole =
            !hasPadding || (isNarrow && layer.holdsPadding(band.count - 1 - row));
        float *values = isWhole ? to : memory.mutable_data_ptr<float>();
        kernels.multiply(
            band.inputs(row), layer.step(), width, layer.rows, layer.line(), layer.depth(), weights,
            first, channels, values, isWhole ? layer.outChannels : channels);
        for (int64_t i = 0; !isWhole && i < width; i++) {
          std::copy_n(values + i * channels, layer.outChannels, to + i * layer.outChannels);
        }
        const int64_t size = width * layer.outChannels;
        if (addend != nullptr) add(to, addend + band.rowOfPicture(row) * size, size);
        if (most) clamp(to, size, *most);
      }
    }
  });
  return y;
}

at::Tensor weightGradient(
    const Layer &layer, const at::Tensor &x, const at::Tensor &dy) {
  const auto &kernels = layer.kernels();
  const int64_t channels = layer.paddedChannels(), width = layer.outWidth();
  const int64_t bands = layer.images * layer.bands(), size = layer.rows * layer.depth() * channels;
  // Each thread sums some slices of the bands, and all add up the slices.
  const int64_t slices = std::clamp<int64_t>(bands / 4, 1, 16), slice = parts(bands, slices);
  auto sums = at::zeros({slices, size}, at::kFloat);
  const auto *source = x.const_data_ptr<float>(), *gradients = dy.const_data_ptr<float>();
  auto *to = sums.mutable_data_ptr<float>();
  parallelFor(0, slices, 1, [&](int64_t begin, int64_t end) {
    Band band(layer);
    auto memory = at::zeros({channels == layer.outChannels ? 0 : width * channels}, at::kFloat);
    for (int64_t s = begin; s < end; s++) {
      for (int64_t b = s * slice; b < std::min(bands, (s + 1) * slice); b++) {
        band.move(source, b);
        for (int64_t row = 0; row < band.count; row++) {
          const float *values = gradients + band.place(row) * width * layer.outChannels;
          // The rows that follow are the padding of this one; the last ones have none.
          if (!layer.holdsPadding(band.count - 1 - row)) {
            float *copy = memory.mutable_data_ptr<float>();
            std::copy_n(values, width * layer.outChannels, copy);
            values = copy;
          }
          kernels.accumulate(
              band.inputs(row), layer.step(), width, layer.rows, layer.line(), layer.depth(), values,
              layer.outChannels, channels, to + s * size);
        }
      }
    }
  });
  return sums.sum(0)
      .view({layer.rows, layer.columns, layer.channels, channels})
      .narrow(3, 0, layer.outChannels)
      .permute({3, 2, 0, 1})
      .contiguous();
}

struct Convolve : torch::autograd::Function<Convolve> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &weight,
      const std::optional<at::Tensor> &bias, at::IntArrayRef stride, at::IntArrayRef padding) {
    context->save_for_backward({x, weight});
    context->saved_data["stride"] = stride.vec();
    context->saved_data["padding"] = padding.vec();
    context->saved_data["bias"] = bias.has_value();
    const auto layer = layerOf(x, weight.sizes(), stride, padding);
    return convolve(layer, x, pack(layer, weight, bias, false));
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, const torch::autograd::variable_list &gradients) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1];
    const auto stride = context->saved_data["stride"].toIntVector();
    const auto padding = context->saved_data["padding"].toIntVector();
    const auto dy = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    torch::autograd::variable_list result(5);
    if (context->needs_input_grad(0)) result[0] = inputGradient(x, weight, dy, stride, padding);
    if (context->needs_input_grad(1)) {
      result[1] = weightGradient(layerOf(x, weight.sizes(), stride, padding), x, dy);
    }
    if (context->saved_data["bias"].toBool() && context->needs_input_grad(2)) {
      result[2] = dy.sum({0, 2, 3});
    }
    return result;
  }

  static at::Tensor inputGradient(
      const at::Tensor &x, const at::Tensor &weight, const at::Tensor &dy, at::IntArrayRef stride,
      at::IntArrayRef padding) {
    const int64_t rest[] = {
        weight.size(2) - 1 - padding.front(), weight.size(3) - 1 - padding.back()};
    if (stride.front() == 1 && stride.back() == 1 && rest[0] >= 0 && rest[1] >= 0) {
      const auto layer = layerOf(dy, weight.sizes(), {1, 1}, rest, true);
      return convolve(layer, dy, pack(layer, weight, std::nullopt, true));
    }
    return std::get<0>(at::convolution_backward(
        dy, x, weight, at::OptionalIntArrayRef(), {stride.front(), stride.back()},
        {padding.front(), padding.back()}, {1, 1}, false, {0, 0}, 1, {true, false, false}));
  }
};

}  // namespace

bool isDirect(const at::Tensor &weight, at::IntArrayRef dilation, int64_t groups) {
  return ck_best_direct(1) != nullptr && weight.dim() == 4 && weight.numel() > 0 && groups == 1 &&
         dilation.front() == 1 && dilation.back() == 1 && weight.size(1) <= 16 &&
         weight.size(2) * weight.size(3) > 1 && weight.is_cpu() &&
         weight.scalar_type() == at::kFloat;
}

bool isDirect(
    const at::Tensor &x, const at::Tensor &weight, at::IntArrayRef padding,
    at::IntArrayRef dilation, int64_t groups) {
  return isDirect(weight, dilation, groups) && x.dim() == 4 && x.numel() > 0 &&
         x.size(1) == weight.size(1) && x.size(2) + 2 * padding.front() >= weight.size(2) &&
         x.size(3) + 2 * padding.back() >= weight.size(3) && x.is_cpu() &&
         x.scalar_type() == at::kFloat && x.is_contiguous(at::MemoryFormat::ChannelsLast) &&
         !at::autocast::is_autocast_enabled(at::kCPU);
}

at::Tensor directConvolution(
    const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias,
    at::IntArrayRef stride, at::IntArrayRef padding) {
  return Convolve::apply(x, weight, bias, stride, padding);
}

DirectWeights directWeights(const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
  return pack(layerOf(weight, weight.sizes(), {1, 1}, {0, 0}), weight, bias, false);
}

at::Tensor directConvolution(
    const at::Tensor &x, const DirectWeights &weights, at::IntArrayRef stride,
    at::IntArrayRef padding, std::optional<float> most) {
  return convolve(layerOf(x, weights.shape, stride, padding), x, weights, most);
}

}  // namespace ctorch
