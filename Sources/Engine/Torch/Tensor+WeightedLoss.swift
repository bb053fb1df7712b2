internal import CTorch

extension Tensor {
  /// The cross-entropy between these logits, [N, C], and class indices, multiplied by the weight of the
  /// example's class, [N].
  ///
  /// - Parameters:
  ///   - target: int64, [N].
  ///   - weights: one weight per class, [C].
  ///   - labelSmoothing: the share of the target that is spread over all classes, 0 to 1. As in PyTorch, the
  ///     part of each class is multiplied by the class's own weight.
  package func crossEntropy(
    target: Tensor, weights: Tensor, labelSmoothing: Double = 0
  ) throws(TorchError) -> Tensor {
    try produce("crossEntropy", from: (self, target, weights)) {
      ct_weighted_cross_entropy(handle, target.handle, weights.handle, labelSmoothing, $0)
    }
  }

  /// PyTorch's `poisson_nll_loss` against `target` of the same shape, element-wise.
  ///
  /// - Parameters:
  ///   - logInput: whether these are logarithms of rates.
  ///   - full: whether Stirling's approximation is added.
  ///   - epsilon: added to a rate before its logarithm is taken.
  package func poissonNLLLoss(
    target: Tensor, logInput: Bool, full: Bool, epsilon: Double
  ) throws(TorchError) -> Tensor {
    try produce("poissonNLLLoss", from: (self, target)) {
      ct_poisson_nll(handle, target.handle, logInput, full, epsilon, $0)
    }
  }

  /// PyTorch's `kl_div` of these log-probabilities from `target`, probabilities of the same shape,
  /// element-wise.
  package func klDivLoss(target: Tensor) throws(TorchError) -> Tensor {
    try produce("klDivLoss", from: (self, target)) { ct_kl_div(handle, target.handle, $0) }
  }

  package func exp() throws(TorchError) -> Tensor {
    try produce("exp", from: self) { ct_exp(handle, $0) }
  }

  /// The natural logarithm.
  package func log() throws(TorchError) -> Tensor {
    try produce("log", from: self) { ct_log(handle, $0) }
  }

  package func pow(_ exponent: Double) throws(TorchError) -> Tensor {
    try produce("pow", from: self) { ct_pow(handle, exponent, $0) }
  }

  /// The element-wise maximum with `limit`.
  package func clamped(from limit: Double) throws(TorchError) -> Tensor {
    try produce("clamped", from: self) { ct_clamp_min(handle, limit, $0) }
  }
}
