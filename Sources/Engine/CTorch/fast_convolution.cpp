// How the work of a convolution by Winograd's algorithm is divided among threads.
//
// The division depends on the shape alone, so that the same values come from any number of threads: tiles of the
// output are independent, and sums over tiles, for the gradient of the weights, are made in an order that the shape
// determines.
#include "fast_convolution.h"

#include "parallel.h"
#include "support.h"

#include <ATen/autocast_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

namespace ctorch {

namespace {

constexpr int64_t points = CK_WINOGRAD_POINTS;

/// The values of tiles at all points, a little apart so that they do not fall into the same lines of the cache.
struct Plane {
  Plane(int64_t tiles, int64_t channels)
      : memory(at::empty({points * (tiles * channels + 16)}, at::kFloat)),
        view{memory.mutable_data_ptr<float>(), tiles * channels + 16, channels} {}

  const float *at(int64_t point) const { return view.values + point * view.stride; }
  float *at(int64_t point) { return view.values + point * view.stride; }

  /// The values of the tiles from `tile` on.
  ck_plane from(int64_t tile) const {
    return {view.values + tile * view.row, view.stride, view.row};
  }

  at::Tensor memory;
  ck_plane view;
};

int64_t roundUp(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }

/// How many tiles are in memory at a time if `bytes` of it are used, in equal parts of `tiles`.
int64_t chunk(const ck_picture &picture, int64_t tiles, int64_t bytes) {
  const int64_t size = points * sizeof(float) * (picture.channels + picture.out_channels);
  const int64_t most = std::max<int64_t>(12, bytes / size / 12 * 12);
  return std::min(most, roundUp(parts(tiles, parts(tiles, most)), 12));
}

/// Whether weights are so few that every thread computes its tiles from beginning to end. Otherwise all threads
/// work on one step of many tiles together, so that weights are read from memory rarely.
bool hasFewWeights(const ck_picture &picture) {
  return picture.channels * picture.out_channels <= 128 * 128;
}

/// Fills `y` with the convolution of `x`.
void convolve(
    const ck_picture &picture, const float *x, const float *u, const float *bias,
    const float *residual, bool relu, float *y) {
  const auto &kernels = *ck_best_winograd();
  const int64_t tiles = ck_tiles(&picture), in = picture.channels, out = picture.out_channels;
  if (hasFewWeights(picture)) {
    const int64_t block = std::min<int64_t>(48, chunk(picture, tiles, 384 << 10));
    parallelFor(0, parts(tiles, block), 1, [&](int64_t begin, int64_t end) {
      Plane v(block, in), m(block, out);
      for (int64_t first = begin * block; first < std::min(tiles, end * block); first += block) {
        const int64_t count = std::min(block, tiles - first);
        kernels.input(&picture, x, first, count, v.view);
        for (int64_t p = 0; p < points; p++) {
          kernels.multiply(
              v.at(p), in, count, in, u + p * in * out, out, 0, out, m.at(p), out);
        }
        kernels.output(&picture, m.view, first, count, bias, residual, relu, y);
      }
    });
    return;
  }
  const int64_t block = chunk(picture, tiles, 16 << 20), panels = parts(out, kernels.panel);
  Plane v(block, in), m(block, out);
  for (int64_t first = 0; first < tiles; first += block) {
    const int64_t count = std::min(block, tiles - first);
    parallelFor(0, count, 4, [&](int64_t begin, int64_t end) {
      kernels.input(&picture, x, first + begin, end - begin, v.from(begin));
    });
    parallelFor(0, points * panels, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        const int64_t p = i / panels, k = i % panels * kernels.panel;
        kernels.multiply(
            v.at(p), in, count, in, u + p * in * out, out, k, std::min(out, k + kernels.panel),
            m.at(p), out);
      }
    });
    parallelFor(0, count, 4, [&](int64_t begin, int64_t end) {
      kernels.output(
          &picture, m.from(begin), first + begin, end - begin, bias, residual, relu, y);
    });
  }
}

/// Adds up du[36][in][out] over all tiles.
at::Tensor pointGradient(const ck_picture &picture, const float *x, const float *dy) {
  const auto &kernels = *ck_best_winograd();
  const int64_t tiles = ck_tiles(&picture), in = picture.channels, out = picture.out_channels;
  const int64_t size = points * in * out;
  if (in * out <= 64 * 64) {
    // Each thread sums some slices of the tiles, and all add up the slices.
    const int64_t slices = std::clamp<int64_t>(tiles / 96, 1, 16), slice = parts(tiles, slices);
    const int64_t block = std::min<int64_t>(48, slice);
    auto sums = at::zeros({slices, size}, at::kFloat);
    auto *to = sums.mutable_data_ptr<float>();
    parallelFor(0, slices, 1, [&](int64_t begin, int64_t end) {
      Plane v(block, in), m(block, out);
      for (int64_t s = begin; s < end; s++) {
        const int64_t last = std::min(tiles, (s + 1) * slice);
        for (int64_t first = s * slice; first < last; first += block) {
          const int64_t count = std::min(block, last - first);
          kernels.input(&picture, x, first, count, v.view);
          kernels.gradient(&picture, dy, first, count, m.view);
          for (int64_t p = 0; p < points; p++) {
            kernels.accumulate(
                v.at(p), in, m.at(p), out, count, 0, in, out, to + s * size + p * in * out);
          }
        }
      }
    });
    return slices == 1 ? sums : sums.sum(0);
  }
  const int64_t block = chunk(picture, tiles, 32 << 20);
  auto sums = at::zeros({size}, at::kFloat);
  auto *to = sums.mutable_data_ptr<float>();
  Plane v(block, in), m(block, out);
  constexpr int64_t rows = 48;
  for (int64_t first = 0; first < tiles; first += block) {
    const int64_t count = std::min(block, tiles - first);
    parallelFor(0, count, 4, [&](int64_t begin, int64_t end) {
      kernels.input(&picture, x, first + begin, end - begin, v.from(begin));
      kernels.gradient(&picture, dy, first + begin, end - begin, m.from(begin));
    });
    const int64_t bands = parts(in, rows);
    parallelFor(0, points * bands, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        const int64_t p = i / bands, c = i % bands * rows;
        kernels.accumulate(
            v.at(p), in, m.at(p), out, count, c, std::min(in, c + rows), out, to + p * in * out);
      }
    });
  }
  return sums;
}

/// Below this number of 16 output channels, another thread does not pay off for the transformation of weights.
int64_t weightGrain(int64_t in) { return 1 + 64 / in; }

at::Tensor weightGradient(
    const ck_picture &picture, const at::Tensor &x, const at::Tensor &dy) {
  const auto &kernels = *ck_best_winograd();
  const auto sums = pointGradient(picture, x.const_data_ptr<float>(), dy.const_data_ptr<float>());
  auto result = at::empty({picture.out_channels, picture.channels, 3, 3}, at::kFloat);
  const auto *from = sums.const_data_ptr<float>();
  auto *to = result.mutable_data_ptr<float>();
  const int64_t grain = weightGrain(picture.channels);
  parallelFor(0, picture.out_channels / 16, grain, [&](int64_t begin, int64_t end) {
    kernels.weight_gradient(
        from, picture.channels, picture.out_channels, begin * 16, end * 16, to);
  });
  return result;
}

at::Tensor channelsLast(at::IntArrayRef shape) {
  return at::empty(shape, at::kFloat, at::MemoryFormat::ChannelsLast);
}

ck_picture pictureOf(const at::Tensor &x, int64_t channels, at::IntArrayRef padding) {
  const int64_t top = padding.front(), left = padding.back();
  return {x.size(0), x.size(2), x.size(3), x.size(1), x.size(2) + 2 * top - 2,
          x.size(3) + 2 * left - 2, channels, top, left};
}

struct FastConvolution : torch::autograd::Function<FastConvolution> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &x, const at::Tensor &weight,
      const std::optional<at::Tensor> &bias, at::IntArrayRef padding) {
    context->save_for_backward({x, weight});
    context->saved_data["padding"] = padding.vec();
    context->saved_data["bias"] = bias.has_value();
    return fastConvolution(
        x, fastWeights(weight, false), weight.size(0), padding, bias, nullptr, false);
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, const torch::autograd::variable_list &gradients) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1];
    const auto padding = context->saved_data["padding"].toIntVector();
    const auto dy = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    torch::autograd::variable_list result(4);
    if (context->needs_input_grad(0)) {
      const int64_t rest[] = {2 - padding.front(), 2 - padding.back()};
      result[0] = fastConvolution(
          dy, fastWeights(weight, true), weight.size(1), rest, std::nullopt, nullptr, false);
    }
    if (context->needs_input_grad(1)) {
      result[1] = weightGradient(pictureOf(x, weight.size(0), padding), x, dy);
    }
    if (context->saved_data["bias"].toBool() && context->needs_input_grad(2)) {
      result[2] = dy.sum({0, 2, 3});
    }
    return result;
  }
};

}  // namespace

bool isFast(
    const at::Tensor &weight, at::IntArrayRef stride, at::IntArrayRef padding,
    at::IntArrayRef dilation, int64_t groups, int64_t height, int64_t width) {
  auto all = [](at::IntArrayRef values, int64_t least, int64_t most) {
    return std::all_of(values.begin(), values.end(), [&](int64_t value) {
      return value >= least && value <= most;
    });
  };
  // 36 products for a tile instead of 9 for a pixel, and what the transformations take.
  const bool saves = height * width >= 6 * parts(height, 4) * parts(width, 4);
  return saves && weight.dim() == 4 && weight.size(2) == 3 && weight.size(3) == 3 && groups == 1 &&
         weight.size(0) > 0 && weight.size(0) % 16 == 0 && weight.size(1) % 16 == 0 &&
         weight.size(1) > 0 && all(stride, 1, 1) && all(dilation, 1, 1) && all(padding, 0, 2) &&
         weight.scalar_type() == at::kFloat && weight.is_cpu() && ck_best_winograd() != nullptr;
}

bool isFast(
    const at::Tensor &x, const at::Tensor &weight, at::IntArrayRef stride, at::IntArrayRef padding,
    at::IntArrayRef dilation, int64_t groups) {
  return x.dim() == 4 && x.scalar_type() == at::kFloat && x.is_cpu() && x.numel() > 0 &&
         x.size(1) == weight.size(1) && x.size(2) + 2 * padding.front() >= 3 &&
         x.size(3) + 2 * padding.back() >= 3 &&
         isFast(
             weight, stride, padding, dilation, groups, x.size(2) + 2 * padding.front() - 2,
             x.size(3) + 2 * padding.back() - 2) &&
         x.is_contiguous(at::MemoryFormat::ChannelsLast) &&
         !at::autocast::is_autocast_enabled(at::kCPU);
}

at::Tensor fastWeights(const at::Tensor &weight, bool transposed) {
  const auto &kernels = *ck_best_winograd();
  const auto dense = weight.contiguous();
  const int64_t in = weight.size(transposed ? 0 : 1), out = weight.size(transposed ? 1 : 0);
  auto result = at::empty({points, in, out}, at::kFloat);
  const auto *from = dense.const_data_ptr<float>();
  auto *to = result.mutable_data_ptr<float>();
  parallelFor(0, out / 16, weightGrain(in), [&](int64_t begin, int64_t end) {
    kernels.weights(from, in, out, transposed, begin * 16, end * 16, to);
  });
  return result;
}

at::Tensor fastConvolution(
    const at::Tensor &x, const at::Tensor &weights, int64_t channels, at::IntArrayRef padding,
    const std::optional<at::Tensor> &bias, const at::Tensor *residual, bool relu) {
  const auto picture = pictureOf(x, channels, padding);
  auto y = channelsLast({picture.images, channels, picture.out_height, picture.out_width});
  if (y.numel() == 0) return y;
  const auto shift = bias ? bias->contiguous() : at::Tensor();
  convolve(
      picture, x.const_data_ptr<float>(), weights.const_data_ptr<float>(),
      bias ? shift.const_data_ptr<float>() : nullptr,
      residual == nullptr ? nullptr : residual->const_data_ptr<float>(), relu,
      y.mutable_data_ptr<float>());
  return y;
}

at::Tensor fastConvolution(
    const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias,
    at::IntArrayRef padding) {
  return FastConvolution::apply(x, weight, bias, padding);
}

}  // namespace ctorch
