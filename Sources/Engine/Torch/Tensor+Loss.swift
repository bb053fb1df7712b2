internal import CTorch

/// The reduction that a loss applies to its values.
package enum LossReduction: String, Sendable, CaseIterable {
  /// No reduction: one value per example or element.
  case none
  /// The mean, a zero-dimensional tensor.
  case mean
  /// The sum, a zero-dimensional tensor.
  case sum

  var code: ct_reduction {
    switch self {
    case .none: CT_NONE
    case .mean: CT_MEAN
    case .sum: CT_SUM
    }
  }
}

extension Tensor {
  /// The cross-entropy between these logits, [N, C] or [N, C, ..], and class indices.
  /// - Parameters:
  ///   - target: int64, [N] or [N, ..]; -100 is ignored.
  ///   - labelSmoothing: The share of the target that is spread over all classes, 0 to 1.
  package func crossEntropy(
    target: Tensor, labelSmoothing: Double = 0, reduction: LossReduction = .mean
  ) throws(TorchError) -> Tensor {
    try produce("crossEntropy", from: (self, target)) {
      ct_cross_entropy(handle, target.handle, labelSmoothing, reduction.code, $0)
    }
  }

  /// The squared error against `target`, which must have the same shape (it is not broadcast).
  package func mseLoss(
    target: Tensor, reduction: LossReduction = .mean
  ) throws(TorchError) -> Tensor {
    try produce("mseLoss", from: (self, target)) {
      ct_mse_loss(handle, target.handle, reduction.code, $0)
    }
  }

  /// The binary cross-entropy between these logits and targets in [0, 1] of the same shape.
  ///
  /// - Parameter positiveWeights: One weight per column for the loss of positive targets; `nil` for 1.
  package func bceWithLogitsLoss(
    target: Tensor, positiveWeights: Tensor? = nil, reduction: LossReduction = .mean
  ) throws(TorchError) -> Tensor {
    try produce("bceWithLogitsLoss", from: (self, target, positiveWeights)) {
      ct_bce_with_logits(handle, target.handle, positiveWeights?.handle, reduction.code, $0)
    }
  }
}
