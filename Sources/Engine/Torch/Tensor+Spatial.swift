internal import CTorch

/// What padding adds.
package enum PaddingMode: Sendable, Equatable {
  case constant(Double)
  /// The values beside the edge, mirrored at it.
  case reflect
  /// The value at the edge.
  case replicate
  /// The values from the other end.
  case circular
}

// Layers along the dimensions of sequences [N, C, L] and images [N, C, H, W].
extension Tensor {
  /// The tensor with values added at the ends of its dimensions.
  ///
  /// - Parameter amounts: before and after the last dimension, then the one before it, and so on; negative
  ///   amounts, which only `constant` takes, remove values.
  package func pad(_ amounts: [Int], mode: PaddingMode) throws(TorchError) -> Tensor {
    let (code, value): (ct_padding, Double) =
      switch mode {
      case .constant(let value): (CT_PAD_CONSTANT, value)
      case .reflect: (CT_PAD_REFLECT, 0)
      case .replicate: (CT_PAD_REPLICATE, 0)
      case .circular: (CT_PAD_CIRCULAR, 0)
      }
    return try produce("pad", from: self) { ct_pad(handle, ct_ints(amounts), code, value, $0) }
  }

  /// Resizing to `size`, a length or a height and a width, with the nearest value.
  ///
  /// - Parameter scale: the factors that the size follows from; `nil` if it was chosen directly.
  package func upsampleNearest(size: [Int], scale: [Double]?) throws(TorchError) -> Tensor {
    try produce("upsampleNearest", from: self) {
      ct_upsample_nearest(handle, ct_ints(size), scale?.first ?? 0, scale?.last ?? 0, $0)
    }
  }

  /// Resizing to `size`, a length or a height and a width, with linear interpolation.
  ///
  /// - Parameters:
  ///   - scale: the factors that the size follows from; `nil` if it was chosen directly.
  ///   - alignCorners: whether the corner values stay in place.
  package func upsampleLinear(
    size: [Int], scale: [Double]?, alignCorners: Bool
  ) throws(TorchError) -> Tensor {
    try produce("upsampleLinear", from: self) {
      ct_upsample_linear(
        handle, ct_ints(size), scale?.first ?? 0, scale?.last ?? 0, alignCorners, $0)
    }
  }

  /// [N, C f², H, W] to [N, C, H f, W f].
  package func pixelShuffle(factor: Int) throws(TorchError) -> Tensor {
    try produce("pixelShuffle", from: self) { ct_pixel_shuffle(handle, Int64(factor), $0) }
  }

  /// [N, C, H f, W f] to [N, C f², H, W].
  package func pixelUnshuffle(factor: Int) throws(TorchError) -> Tensor {
    try produce("pixelUnshuffle", from: self) { ct_pixel_unshuffle(handle, Int64(factor), $0) }
  }

  /// Interleaves groups of channels.
  package func channelShuffle(groups: Int) throws(TorchError) -> Tensor {
    try produce("channelShuffle", from: self) { ct_channel_shuffle(handle, Int64(groups), $0) }
  }

  /// Cross-correlation of a sequence.
  ///
  /// - Parameters:
  ///   - weight: [out, C / groups, length].
  ///   - bias: [out].
  package func conv1d(
    weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, dilation: Int = 1,
    groups: Int = 1
  ) throws(TorchError) -> Tensor {
    try produce("conv1d", from: (self, weight, bias)) {
      ct_conv1d(
        handle, weight.handle, bias?.handle, Int64(stride), Int64(padding), Int64(dilation),
        Int64(groups), $0)
    }
  }

  /// Transposed convolution of a sequence or an image; sizes are one number or two.
  ///
  /// - Parameters:
  ///   - weight: [C, out / groups, length] or [C, out / groups, height, width].
  ///   - bias: [out].
  package func convTranspose(
    weight: Tensor, bias: Tensor? = nil, stride: [Int], padding: [Int], outputPadding: [Int],
    dilation: [Int], groups: Int
  ) throws(TorchError) -> Tensor {
    try produce("convTranspose", from: (self, weight, bias)) {
      ct_conv_transpose(
        handle, weight.handle, bias?.handle, ct_ints(stride), ct_ints(padding),
        ct_ints(outputPadding), Int64(groups), ct_ints(dilation), $0)
    }
  }

  /// Normalises each channel of each example.
  ///
  /// - Parameters:
  ///   - weight: [C], like the other vectors.
  ///   - usesInput: whether to use the example's statistics, which also update the running statistics in
  ///     place with `momentum` if there are any; otherwise the running statistics are used.
  package func instanceNorm(
    weight: Tensor? = nil, bias: Tensor? = nil, runningMean: Tensor? = nil,
    runningVar: Tensor? = nil, usesInput: Bool, momentum: Double, eps: Double
  ) throws(TorchError) -> Tensor {
    try produce("instanceNorm", from: (self, weight, bias, runningMean, runningVar)) {
      ct_instance_norm(
        handle, weight?.handle, bias?.handle, runningMean?.handle, runningVar?.handle, usesInput,
        momentum, eps, $0)
    }
  }

  /// x / (k + alpha · mean of x² over `size` neighbouring channels)^beta
  package func localResponseNorm(
    size: Int, alpha: Double, beta: Double, k: Double
  ) throws(TorchError) -> Tensor {
    try produce("localResponseNorm", from: self) {
      ct_local_response_norm(handle, Int64(size), alpha, beta, k, $0)
    }
  }
}
