// Convolutions by Winograd's algorithm: forward, backward, and with packed weights for inference.
#pragma once

#include "ckconvolution.h"

#include <ATen/core/Tensor.h>

#include <optional>

namespace ctorch {

/// Whether the convolution of `x` is computed by Winograd's algorithm: 3×3 with a stride of 1 and at most two zeros
/// around the picture, in multiples of 16 channels, of float32 pictures in channels-last order on a processor with
/// kernels for it, where the output fills its tiles of 4×4 so far that products are saved. It depends on the layer
/// and the layout alone.
bool isFast(
    const at::Tensor &x, const at::Tensor &weight, at::IntArrayRef stride, at::IntArrayRef padding,
    at::IntArrayRef dilation, int64_t groups);

/// The same for a layer whose output has a height and a width.
bool isFast(
    const at::Tensor &weight, at::IntArrayRef stride, at::IntArrayRef padding,
    at::IntArrayRef dilation, int64_t groups, int64_t height, int64_t width);

/// The weights [K, C, 3, 3] at the 36 points, in panels; `transposed` for the gradient of the input.
at::Tensor fastWeights(const at::Tensor &weight, bool transposed);

/// The convolution of `x` [N, C, H, W] in channels-last order with weights from `fastWeights` for `channels` outputs,
/// plus `bias` and `residual`, with a ReLU if wanted.
at::Tensor fastConvolution(
    const at::Tensor &x, const at::Tensor &points, int64_t channels, at::IntArrayRef padding,
    const std::optional<at::Tensor> &bias, const at::Tensor *residual, bool relu);

/// The convolution with gradients.
at::Tensor fastConvolution(
    const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias,
    at::IntArrayRef padding);

}  // namespace ctorch
