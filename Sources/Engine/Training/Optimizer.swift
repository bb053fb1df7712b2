import ExperimentConfig
import Torch

/// An experiment's optimizer with its state.
package final class Optimizer {
  /// A parameter group: parameters that share a learning rate and the epoch from which they are trained.
  package struct Group {
    package var parameters: [Tensor]
    /// The first epoch that updates these parameters.
    package var firstEpoch: Int
    /// A factor on the optimizer's learning rate.
    package var multiplier: Double
    /// Replaces the optimizer's learning rate if set.
    package var learningRate: Double?

    package init(
      _ parameters: [Tensor], firstEpoch: Int = 1, multiplier: Double = 1,
      learningRate: Double? = nil
    ) {
      self.parameters = parameters
      self.firstEpoch = firstEpoch
      self.multiplier = multiplier
      self.learningRate = learningRate
    }
  }

  let groups: [(group: Group, updates: ParameterUpdates)]
  /// The experiment's learning rate, before multipliers.
  package let learningRate: Double

  package init(_ definition: any OptimizerDefinition, groups: [Group]) throws {
    learningRate = definition.learningRate
    let rule = definition.rule
    self.groups = try groups.map { ($0, try ParameterUpdates(rule, $0.parameters)) }
  }

  /// The schedule's factor, which multiplies every learning rate.
  package var factor = 1.0

  /// A group's learning rate in the next step: its own or the optimizer's, times its multiplier and the
  /// schedule's factor.
  func learningRate(of group: Group) -> Double {
    (group.learningRate ?? learningRate) * group.multiplier * factor
  }

  /// All parameters that the optimizer may update.
  package var parameters: [Tensor] { groups.flatMap(\.group.parameters) }

  /// The state tensors that the next step depends on, by name.
  package var state: [(name: String, tensor: Tensor)] {
    groups.enumerated().flatMap { index, item in
      item.updates.state.map { ("\(index).\($0.name)", $0.tensor) }
    }
  }

  /// The number of steps taken by each group.
  package var stepCounts: [Int] {
    get { groups.map(\.updates.stepCount) }
    set { for (item, count) in zip(groups, newValue) { item.updates.stepCount = count } }
  }

  /// Updates the parameters that `epoch` trains from their gradients.
  package func step(epoch: Int = 1) throws {
    for (group, updates) in groups where group.firstEpoch <= epoch {
      try updates.step(learningRate: learningRate(of: group))
    }
  }

  /// Clears all gradients and sets which parameters require gradients in `epoch`.
  package func prepare(epoch: Int) throws {
    for (group, _) in groups {
      let isTrained = group.firstEpoch <= epoch
      for tensor in group.parameters where tensor.requiresGrad != isTrained {
        try tensor.setRequiresGrad(isTrained)
      }
    }
  }

  package func zeroGrad() throws {
    for (group, _) in groups { try Torch.zeroGrad(group.parameters) }
  }
}

@available(*, unavailable)
extension Optimizer: Sendable {}
