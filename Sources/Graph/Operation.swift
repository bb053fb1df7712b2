/// The operations that layers are lowered to, which is all that the engine can compute. Dimension 0 is the
/// batch.
package enum Operation: Sendable, Equatable {
  case identity
  case flatten(start: Int, end: Int)
  /// The target shape without the batch dimension.
  case reshape([Int])
  case linear
  case activation(Activation)
  case softmax(dim: Int)
  case logSoftmax(dim: Int)
  /// Zeroes values with probability `p` during training, or whole channels if `wholeChannels` is set.
  case dropout(p: Double, wholeChannels: Bool)
  case conv2d(Conv2d)
  /// If `momentum` is `nil`, the running statistics are the mean over all batches so far.
  case batchNorm(momentum: Double?, eps: Double)
  case layerNorm(shape: [Int], eps: Double)
  case groupNorm(groups: Int, eps: Double)
  case maxPool2d(Window)
  case avgPool2d(Window, countIncludePad: Bool)
  case adaptiveAvgPool2d(Pair)
  /// The mean over height and width; removes both dimensions.
  case globalAvgPool
  /// Values before and after each dimension in PyTorch's order: those of the last dimension first. Negative
  /// amounts remove values.
  case pad([Int], Padding)
  case conv1d(Conv1d)
  case convTranspose(ConvTranspose)
  case maxPool1d(Window1d)
  case avgPool1d(Window1d, countIncludePad: Bool)
  case adaptiveAvgPool1d(Int)
  /// The largest value of each window; the size of the output, for sequences or for images.
  case adaptiveMaxPool([Int])
  /// Has running statistics if its node has such buffers.
  case instanceNorm(momentum: Double, eps: Double)
  case localResponseNorm(size: Int, alpha: Double, beta: Double, k: Double)
  case upsample(Upsample)
  case pixelShuffle(factor: Int)
  case pixelUnshuffle(factor: Int)
  case channelShuffle(groups: Int)
  case add
  case multiply
  case concat(dim: Int)

  package enum Activation: Sendable, Equatable {
    case relu, silu, sigmoid, tanh, hardswish, relu6, hardsigmoid, selu, mish
    case leakyReLU(slope: Double)
    case elu(alpha: Double)
    case softplus(beta: Double, threshold: Double)
    case gelu(isTanhApproximation: Bool)
  }

  package struct Conv2d: Sendable, Equatable {
    package var stride: Pair
    package var padding: Pair
    /// Padding at the bottom and right only, for `padding: same` with an even kernel.
    package var extraPadding: Pair
    package var dilation: Pair
    package var groups: Int
  }

  package struct Window: Sendable, Equatable {
    package var kernel: Pair
    package var stride: Pair
    package var padding: Pair
    package var dilation: Pair
    package var ceilMode: Bool
  }
}

/// A pair of values for height and width.
package struct Pair: Sendable, Equatable {
  package var height: Int
  package var width: Int

  package init(_ height: Int, _ width: Int) {
    self.height = height
    self.width = width
  }

  /// One value for both dimensions, or one for each.
  init(_ values: [Int]) {
    height = values[0]
    width = values[values.count - 1]
  }

  package var array: [Int] { [height, width] }
}
