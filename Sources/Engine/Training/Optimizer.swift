import ExperimentConfig
import Torch

/// An experiment's optimizer with its state.
package final class Optimizer {
  /// A parameter group: parameters with the same rule, learning rate and first epoch.
  package struct Group {
    package var parameters: [Tensor]
    /// The optimizer of these parameters; `nil` for that of the experiment.
    package var optimizer: (any OptimizerDefinition)?
    /// The first epoch that updates these parameters.
    package var firstEpoch: Int
    /// Their learning rate before the schedule's factor; `nil` for that of their optimizer.
    package var learningRate: Double?

    package init(
      _ parameters: [Tensor], optimizer: (any OptimizerDefinition)? = nil, firstEpoch: Int = 1,
      learningRate: Double? = nil
    ) {
      self.parameters = parameters
      self.optimizer = optimizer
      self.firstEpoch = firstEpoch
      self.learningRate = learningRate
    }
  }

  let groups: [(group: Group, updates: ParameterUpdates)]
  /// The experiment's learning rate, before the schedule's factor.
  package let learningRate: Double

  package init(_ definition: any OptimizerDefinition, groups: [Group]) throws {
    learningRate = definition.learningRate
    self.groups = try groups.map { group in
      (group, try ParameterUpdates((group.optimizer ?? definition).rule, group.parameters))
    }
  }

  /// The schedule's factor, which multiplies every learning rate.
  package var factor = 1.0

  /// A group's learning rate in the next step.
  func learningRate(of group: Group) -> Double {
    (group.learningRate ?? group.optimizer?.learningRate ?? learningRate) * factor
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
