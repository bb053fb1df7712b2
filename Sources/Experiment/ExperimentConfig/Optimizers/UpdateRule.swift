/// How one step of an optimizer changes the parameters.
package enum UpdateRule: Sendable {
  /// Adam, by its fused kernel.
  case adam(AdamRule)
  /// Gradient descent, by its fused kernel.
  case sgd(SGDRule)
  /// Muon, which changes each matrix as a whole.
  case muon(MuonRule)
  /// Elementwise tensor operations, for an optimizer without a fused kernel.
  case elementwise(any ElementwiseUpdate)

  /// The tensors kept between steps, in checkpoint order.
  package var state: [StateTensor] {
    switch self {
    case .adam(let rule):
      [.firstMoment, .secondMoment] + (rule.usesLargestSecondMoment ? [.largestSecondMoment] : [])
    case .sgd(let rule): rule.momentum == 0 ? [] : [.momentumBuffer]
    case .muon: [.momentumBuffer]
    case .elementwise(let update): update.state
    }
  }
}

/// A tensor in the shape of a parameter that an optimizer keeps between steps.
package struct StateTensor: Hashable, Sendable {
  /// The name in checkpoints and in PyTorch's `state_dict`.
  package let name: String
  /// What all of its values are before the first step.
  package let initialValue: Double

  package init(_ name: String, initialValue: Double = 0) {
    self.name = name
    self.initialValue = initialValue
  }
}

extension StateTensor {
  package static let firstMoment = StateTensor("exp_avg")
  package static let secondMoment = StateTensor("exp_avg_sq")
  package static let largestSecondMoment = StateTensor("max_exp_avg_sq")
  package static let momentumBuffer = StateTensor("momentum_buffer")
}
