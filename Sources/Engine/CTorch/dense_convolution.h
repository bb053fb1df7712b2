// Convolutions of pictures that are no larger than the kernel, as products of matrices.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

namespace ctorch {

/// A convolution in which every output pixel depends on every input pixel, such as one of 3×3 with a padding of 1 on
/// pictures of 1×1 or 2×2: a linear layer of whole pictures, in which no padding is multiplied.
struct DenseConvolution {
  int64_t channels, height, width, out_channels, out_height, out_width;
  /// For each output pixel and each input pixel, row by row, the weight between them: row · kernel width + column.
  std::vector<int64_t> taps;
};

/// How to compute the convolution of `x` as a matrix product; `std::nullopt` if an output pixel depends on only a part
/// of the input. Only for float32 pictures in channels-last order on the CPU.
std::optional<DenseConvolution> denseConvolution(
    const at::Tensor &x, const at::Tensor &weight, at::IntArrayRef stride, at::IntArrayRef padding,
    at::IntArrayRef dilation, int64_t groups);

/// The convolution with gradients.
at::Tensor convolve(
    const DenseConvolution &convolution, const at::Tensor &x, const at::Tensor &weight,
    const std::optional<at::Tensor> &bias);

}  // namespace ctorch
