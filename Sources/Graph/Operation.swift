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
  /// Layer normalisation of each pixel over its channels.
  case layerNorm2d(eps: Double)
  case permute([Int])
  /// Every `step`-th entry from `start` up to `end`, exclusive.
  case slice(dim: Int, start: Int, end: Int, step: Int)
  case reduce(Reduction, dims: [Int], keepsDims: Bool)
  /// Zeroes each example with probability `p` during training, or all of a batch if `wholeBatch` is set.
  case stochasticDepth(p: Double, wholeBatch: Bool)
  /// The product with the node's parameter, which is broadcast.
  case scale
  /// The node's parameter, repeated for each example of the input's batch; `hasBatchDim` if its first
  /// dimension, of size 1, is the batch.
  case parameter(hasBatchDim: Bool)

  /// The products of the matrices in the last two dimensions of two inputs.
  case matmul
  case prelu
  /// The first half of dimension `dim` times the logistic function of the second half.
  case glu(dim: Int)
  case attention(Attention)
  /// Rows of the node's matrix; row `paddingIndex` gets no gradient.
  case embedding(paddingIndex: Int?)
  case recurrent(Recurrent)

  /// Multi-head attention: of one input to itself; of the first to the second; or of queries to keys and values.
  package struct Attention: Sendable, Equatable {
    package var heads: Int
    /// The probability that an attention weight is zeroed during training.
    package var dropout: Double
    /// Whether a position sees only itself and those before it.
    package var isCausal: Bool
  }

  package struct Recurrent: Sendable, Equatable {
    package enum Cell: Sendable {
      case lstm, gru
    }

    package var cell: Cell
    package var hiddenSize: Int
    package var layers: Int
    package var isBidirectional: Bool
    package var hasBias: Bool
    /// The probability that an output of a layer other than the last is zeroed during training.
    package var dropout: Double
    /// Whether the output is the last layer's final hidden state instead of its outputs at every step.
    package var returnsLast: Bool
  }

  package enum Reduction: Sendable, Equatable {
    case mean, sum, max
  }
  /// The program in a TorchScript file; the node's parameters and buffers are in it.
  case torchScript(ModuleFile)

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

extension Operation {
  /// Whether the output for the same input differs between training steps, because values are drawn.
  var isRandomInTraining: Bool {
    switch self {
    case .dropout(let p, _), .stochasticDepth(let p, _): p > 0
    case .attention(let attention): attention.dropout > 0
    case .recurrent(let network): network.dropout > 0 && network.layers > 1
    default: false
    }
  }
}
