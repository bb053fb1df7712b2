// Layers that work along the dimensions of images and sequences: padding, resizing, rearranging, and the
// one-dimensional and transposed convolutions and pools.
//
// Every gradient is deterministic on every device, except that of adaptive pooling on CUDA with windows of
// different sizes; where LibTorch's own on CUDA is not, the layer is composed of operations that are.
#include "support.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/adaptive_avg_pool1d.h>
#include <ATen/ops/adaptive_max_pool1d.h>
#include <ATen/ops/adaptive_max_pool2d.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/avg_pool1d.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/channel_shuffle.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/conv_transpose1d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/instance_norm.h>
#include <ATen/ops/max_pool1d.h>
#include <ATen/ops/pixel_shuffle.h>
#include <ATen/ops/pixel_unshuffle.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/upsample_linear1d.h>
#include <ATen/ops/upsample_nearest1d.h>
#include <ATen/ops/upsample_nearest2d.h>

#include <algorithm>

using namespace ctorch;

namespace {

/// `y` in the memory format of `x`.
at::Tensor inFormat(const at::Tensor &x, const at::Tensor &y) {
  return y.dim() == x.dim() ? y.contiguous(x.suggest_memory_format()) : y;
}

/// `x` with values added before and after dimension `dim`. LibTorch's reflection and replication padding have
/// no deterministic gradient on CUDA and only take certain dimensions.
at::Tensor padded(
    const at::Tensor &x, int64_t dim, int64_t before, int64_t after, ct_padding mode) {
  const int64_t size = x.size(dim);
  const int64_t limit = mode == CT_PAD_REFLECT ? size - 1 : size;
  TORCH_CHECK_VALUE(before >= 0 && after >= 0, "only constant padding may be negative");
  TORCH_CHECK_VALUE(
      size > 0 && (mode == CT_PAD_REPLICATE || std::max(before, after) <= limit), "padding of ",
      before, " and ", after, " does not fit a dimension of ", size);
  auto repeated = [&](int64_t place, int64_t count) {
    std::vector<int64_t> sizes = x.sizes().vec();
    sizes[dim] = count;
    return x.narrow(dim, place, 1).expand(sizes);
  };
  std::vector<at::Tensor> pieces;
  if (before > 0) {
    switch (mode) {
      case CT_PAD_REFLECT: pieces.push_back(x.narrow(dim, 1, before).flip(dim)); break;
      case CT_PAD_REPLICATE: pieces.push_back(repeated(0, before)); break;
      default: pieces.push_back(x.narrow(dim, size - before, before));
    }
  }
  pieces.push_back(x);
  if (after > 0) {
    switch (mode) {
      case CT_PAD_REFLECT: pieces.push_back(x.narrow(dim, size - 1 - after, after).flip(dim)); break;
      case CT_PAD_REPLICATE: pieces.push_back(repeated(size - 1, after)); break;
      default: pieces.push_back(x.narrow(dim, 0, after));
    }
  }
  return pieces.size() == 1 ? x : at::cat(pieces, dim);
}

/// The factor as LibTorch takes it: none if the output's size was asked for.
std::optional<double> factor(double scale) {
  return scale > 0 ? std::make_optional(scale) : std::nullopt;
}

/// Linear interpolation along `dim` by selecting entries, whose gradient is deterministic on CUDA too.
at::Tensor interpolated(
    const at::Tensor &x, int64_t dim, int64_t size, double scale, bool alignCorners) {
  const int64_t count = x.size(dim);
  const double step = alignCorners ? (size > 1 ? double(count - 1) / double(size - 1) : 0)
                      : scale > 0  ? 1 / scale
                                   : double(count) / double(size);
  const auto options = x.options().dtype(at::kDouble);
  auto places = at::arange(size, options);
  places = alignCorners ? places * step : ((places + 0.5) * step - 0.5).clamp_min(0);
  const auto lower = places.floor().clamp_max(double(count - 1));
  const auto upper = (lower + 1).clamp_max(double(count - 1));
  std::vector<int64_t> shape(x.dim(), 1);
  shape[dim] = size;
  const auto weight = (places - lower).clamp(0, 1).to(x.scalar_type()).reshape(shape);
  const auto first = x.index_select(dim, lower.to(at::kLong));
  const auto second = x.index_select(dim, upper.to(at::kLong));
  return first * (1 - weight) + second * weight;
}

}  // namespace

ct_status ct_pad(const ct_tensor *x, ct_ints amounts, ct_padding mode, double value, ct_out out) {
  return produce(out, [&] {
    const auto pads = ints(amounts);
    TORCH_CHECK_VALUE(
        pads.size() % 2 == 0 && pads.size() / 2 <= size_t(x->value.dim()), pads.size(),
        " amounts of padding do not fit ", x->value.dim(), " dimensions");
    if (mode == CT_PAD_CONSTANT) return at::constant_pad_nd(x->value, pads, value);
    auto result = x->value;
    for (size_t pair = 0; pair < pads.size() / 2; pair++) {
      const int64_t dim = result.dim() - 1 - int64_t(pair);
      result = padded(result, dim, pads[2 * pair], pads[2 * pair + 1], mode);
    }
    return inFormat(x->value, result);
  });
}

ct_status ct_upsample_nearest(
    const ct_tensor *x, ct_ints size, double first_scale, double last_scale, ct_out out) {
  return produce(out, [&] {
    return size.count == 1
               ? at::upsample_nearest1d(x->value, ints(size), factor(last_scale))
               : at::upsample_nearest2d(
                     x->value, ints(size), factor(first_scale), factor(last_scale));
  });
}

ct_status ct_upsample_linear(
    const ct_tensor *x, ct_ints size, double first_scale, double last_scale, bool align_corners,
    ct_out out) {
  return produce(out, [&] {
    const auto sizes = ints(size);
    if (!x->value.is_cuda()) {
      return sizes.size() == 1
                 ? at::upsample_linear1d(x->value, sizes, align_corners, factor(last_scale))
                 : at::upsample_bilinear2d(
                       x->value, sizes, align_corners, factor(first_scale), factor(last_scale));
    }
    const auto type = x->value.scalar_type();
    auto result = type == at::kDouble ? x->value : x->value.to(at::kFloat);
    for (size_t place = 0; place < sizes.size(); place++) {
      const double scale = place + 1 == sizes.size() ? last_scale : first_scale;
      result = interpolated(result, 2 + int64_t(place), sizes[place], scale, align_corners);
    }
    return inFormat(x->value, result.to(type));
  });
}

ct_status ct_pixel_shuffle(const ct_tensor *x, int64_t factor, ct_out out) {
  return produce(out, [&] { return at::pixel_shuffle(x->value, factor); });
}

ct_status ct_pixel_unshuffle(const ct_tensor *x, int64_t factor, ct_out out) {
  return produce(out, [&] { return at::pixel_unshuffle(x->value, factor); });
}

ct_status ct_channel_shuffle(const ct_tensor *x, int64_t groups, ct_out out) {
  return produce(out, [&] { return at::channel_shuffle(x->value, groups); });
}

ct_status ct_conv1d(
    const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias, int64_t stride,
    int64_t padding, int64_t dilation, int64_t groups, ct_out out) {
  return produce(out, [&] {
    return at::conv1d(
        x->value, weight->value, optional(bias), stride, padding, dilation, groups);
  });
}

ct_status ct_conv_transpose(
    const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias, ct_ints stride,
    ct_ints padding, ct_ints output_padding, int64_t groups, ct_ints dilation, ct_out out) {
  return produce(out, [&] {
    return weight->value.dim() == 3
               ? at::conv_transpose1d(
                     x->value, weight->value, optional(bias), ints(stride), ints(padding),
                     ints(output_padding), groups, ints(dilation))
               : at::conv_transpose2d(
                     x->value, weight->value, optional(bias), ints(stride), ints(padding),
                     ints(output_padding), groups, ints(dilation));
  });
}

ct_status ct_max_pool1d(
    const ct_tensor *x, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation,
    bool ceil_mode, ct_out out) {
  return produce(out, [&] {
    return at::max_pool1d(x->value, kernel, stride, padding, dilation, ceil_mode);
  });
}

ct_status ct_avg_pool1d(
    const ct_tensor *x, int64_t kernel, int64_t stride, int64_t padding, bool ceil_mode,
    bool count_include_pad, ct_out out) {
  return produce(out, [&] {
    return at::avg_pool1d(x->value, kernel, stride, padding, ceil_mode, count_include_pad);
  });
}

ct_status ct_adaptive_avg_pool1d(const ct_tensor *x, int64_t output_size, ct_out out) {
  return produce(out, [&] { return at::adaptive_avg_pool1d(x->value, output_size); });
}

ct_status ct_adaptive_max_pool(const ct_tensor *x, ct_ints output_size, ct_out out) {
  return produce(out, [&] {
    const auto size = ints(output_size);
    return std::get<0>(
        size.size() == 1 ? at::adaptive_max_pool1d(x->value, size)
                         : at::adaptive_max_pool2d(x->value, size));
  });
}

ct_status ct_instance_norm(
    const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias,
    const ct_tensor *running_mean, const ct_tensor *running_var, bool use_input_statistics,
    double momentum, double eps, ct_out out) {
  return produce(out, [&] {
    const auto result = at::instance_norm(
        x->value, optional(weight), optional(bias), optional(running_mean), optional(running_var),
        use_input_statistics, momentum, eps, /*cudnn_enabled=*/true);
    return inFormat(x->value, result);
  });
}

ct_status ct_local_response_norm(
    const ct_tensor *x, int64_t size, double alpha, double beta, double k, ct_out out) {
  return produce(out, [&] {
    const auto &value = x->value;
    // One image of [channels, positions] for each example. PyTorch averages with avg_pool3d, whose gradient
    // is not deterministic on CUDA.
    auto squares = (value * value).flatten(2).unsqueeze(1);
    squares = at::constant_pad_nd(squares, {0, 0, size / 2, (size - 1) / 2});
    const auto means = at::avg_pool2d(squares, {size, 1}, /*stride=*/1).reshape(value.sizes());
    return value / (means * alpha + k).pow(beta);
  });
}
