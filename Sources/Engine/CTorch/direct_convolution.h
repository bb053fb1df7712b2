// Convolutions with few input channels by direct sums, forward and backward.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

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

/// The weights and the bias of a direct convolution, packed once for inference.
struct DirectWeights {
  /// The shape of the weight before packing: [output channels, channels, rows, columns].
  std::vector<int64_t> shape;
  at::Tensor values;
  /// With padded channels; undefined without a bias.
  at::Tensor bias;
  /// Added to the output for each picture, [1, output channels, rows, columns] in channels-last order; undefined without.
  at::Tensor addend;
};

/// Whether convolutions with this weight are direct, if pictures are; see above.
bool isDirect(const at::Tensor &weight, at::IntArrayRef dilation, int64_t groups);

DirectWeights directWeights(const at::Tensor &weight, const std::optional<at::Tensor> &bias);

/// The convolution of float32 pictures in channels-last order that are no smaller than the kernel. With `most`, its values
/// are then clamped to 0 to `most`: ReLU, for which it is infinite, or ReLU6.
at::Tensor directConvolution(
    const at::Tensor &x, const DirectWeights &weights, at::IntArrayRef stride,
    at::IntArrayRef padding, std::optional<float> most);

}  // namespace ctorch
