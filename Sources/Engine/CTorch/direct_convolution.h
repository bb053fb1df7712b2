// Convolutions with few input channels by direct sums, forward and backward.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace ctorch {

/// Whether the convolution of `x` is computed by direct sums: kernels larger than 1×1 over at most 16 channels, of
/// float32 pictures in channels-last order on a processor with kernels for it. It depends on the layer and the layout
/// alone.
bool isDirect(
    const at::Tensor &x, const at::Tensor &weight, at::IntArrayRef padding,
    at::IntArrayRef dilation, int64_t groups);

/// The convolution with gradients.
at::Tensor directConvolution(
    const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias,
    at::IntArrayRef stride, at::IntArrayRef padding);

}  // namespace ctorch
