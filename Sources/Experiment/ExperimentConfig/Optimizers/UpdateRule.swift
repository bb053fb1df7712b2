/// How one step of an optimizer changes the parameters.
package enum UpdateRule: Sendable {
  /// By the fused kernel of Adam.
  case adam(AdamRule)
  /// By the fused kernel of gradient descent.
  case sgd(SGDRule)
  /// By operations on whole tensors, for an optimizer that has no kernel.
  case elementwise(any ElementwiseUpdate)

  /// What the optimizer keeps between steps, in the order in which a checkpoint lists it.
  package var state: [StateTensor] {
    switch self {
    case .adam(let rule):
      [.firstMoment, .secondMoment] + (rule.usesLargestSecondMoment ? [.largestSecondMoment] : [])
    case .sgd(let rule): rule.momentum == 0 ? [] : [.momentumBuffer]
    case .elementwise(let update): update.state
    }
  }
}

/// A tensor in the shape of a parameter, kept by an optimizer between steps and initially zero.
package struct StateTensor: Hashable, Sendable {
  /// Its name in checkpoints, and in PyTorch's `state_dict`.
  package let name: String

  package init(_ name: String) { self.name = name }
}

extension StateTensor {
  package static let firstMoment = StateTensor("exp_avg")
  package static let secondMoment = StateTensor("exp_avg_sq")
  package static let largestSecondMoment = StateTensor("max_exp_avg_sq")
  package static let momentumBuffer = StateTensor("momentum_buffer")
}
