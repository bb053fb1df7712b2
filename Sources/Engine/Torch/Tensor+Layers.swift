internal import CTorch

extension Tensor {
  /// x wᵀ + b
  /// - Parameters:
  ///   - weight: [out, in]; self is [.., in].
  ///   - bias: [out].
  package func linear(weight: Tensor, bias: Tensor? = nil) throws(TorchError) -> Tensor {
    try produce("linear", from: (self, weight, bias)) {
      ct_linear(handle, weight.handle, bias?.handle, $0)
    }
  }

  /// Two-dimensional cross-correlation of [N, C, H, W].
  /// - Parameters:
  ///   - weight: [out, C / groups, height, width].
  ///   - bias: [out].
  ///   - stride: One number, or two for height and width; likewise `padding` and `dilation`.
  package func conv2d(
    weight: Tensor, bias: Tensor? = nil, stride: [Int] = [1], padding: [Int] = [0],
    dilation: [Int] = [1], groups: Int = 1
  ) throws(TorchError) -> Tensor {
    try produce("conv2d", from: (self, weight, bias)) {
      ct_conv2d(
        handle, weight.handle, bias?.handle, ct_ints(stride), ct_ints(padding), ct_ints(dilation),
        Int64(groups), $0)
    }
  }

  /// Batch normalisation of [N, C, ..].
  ///
  /// In training it normalises with the batch statistics and updates the running statistics, if given, in
  /// place with `momentum`; otherwise it normalises with the running statistics. All vectors are [C].
  /// - Parameters:
  ///   - residual: A tensor of the same shape that is added to the result.
  ///   - relu: Whether a ReLU follows.
  package func batchNorm(
    weight: Tensor? = nil, bias: Tensor? = nil, runningMean: Tensor? = nil,
    runningVar: Tensor? = nil, training: Bool, momentum: Double = 0.1, eps: Double = 1e-5,
    adding residual: Tensor? = nil, relu: Bool = false
  ) throws(TorchError) -> Tensor {
    try produce("batchNorm", from: (self, weight, bias, runningMean, runningVar, residual)) {
      ct_batch_norm(
        handle, weight?.handle, bias?.handle, runningMean?.handle, runningVar?.handle, training,
        momentum, eps, residual?.handle, relu, $0)
    }
  }

  /// Layer normalisation over the last dimensions, of shape `normalizedShape`, which is also the shape of
  /// `weight` and `bias`.
  package func layerNorm(
    normalizedShape: [Int], weight: Tensor? = nil, bias: Tensor? = nil, eps: Double = 1e-5
  ) throws(TorchError) -> Tensor {
    try produce("layerNorm", from: (self, weight, bias)) {
      ct_layer_norm(
        handle, ct_ints(normalizedShape), weight?.handle, bias?.handle, eps, $0)
    }
  }

  /// Group normalisation of [N, C, ..] with `groups` groups of channels; `weight` and `bias` are [C].
  package func groupNorm(
    groups: Int, weight: Tensor? = nil, bias: Tensor? = nil, eps: Double = 1e-5
  ) throws(TorchError) -> Tensor {
    try produce("groupNorm", from: (self, weight, bias)) {
      ct_group_norm(handle, Int64(groups), weight?.handle, bias?.handle, eps, $0)
    }
  }
}
