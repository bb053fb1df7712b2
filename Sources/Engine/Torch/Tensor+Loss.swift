internal import CTorch

/// What a loss does with the values of its examples.
package enum LossReduction: String, Sendable, CaseIterable {
  /// One value an example, or an element.
  case none
  /// Their mean, without dimensions.
  case mean
  /// Their sum, without dimensions.
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
  /// The cross entropy of these logits, [N, C] or [N, C, ..], with class numbers.
  /// - Parameters:
  ///   - target: int64, [N] or [N, ..]; -100 is left out.
  ///   - labelSmoothing: The share of a target that is spread over all classes, 0 to 1.
  package func crossEntropy(
    target: Tensor, labelSmoothing: Double = 0, reduction: LossReduction = .mean
  ) throws(TorchError) -> Tensor {
    try produce("crossEntropy", from: (self, target)) {
      ct_cross_entropy(handle, target.handle, labelSmoothing, reduction.code, $0)
    }
  }

  /// The squared differences from `target`, which has the same shape (it is not broadcast).
  package func mseLoss(
    target: Tensor, reduction: LossReduction = .mean
  ) throws(TorchError) -> Tensor {
    try produce("mseLoss", from: (self, target)) {
      ct_mse_loss(handle, target.handle, reduction.code, $0)
    }
  }

  /// The binary cross entropy of these logits with targets in [0, 1] of the same shape.
  ///
  /// - Parameter positiveWeights: one a column, what the loss of a 1 is multiplied by; `nil` for 1.
  package func bceWithLogitsLoss(
    target: Tensor, positiveWeights: Tensor? = nil, reduction: LossReduction = .mean
  ) throws(TorchError) -> Tensor {
    try produce("bceWithLogitsLoss", from: (self, target, positiveWeights)) {
      ct_bce_with_logits(handle, target.handle, positiveWeights?.handle, reduction.code, $0)
    }
  }
}
