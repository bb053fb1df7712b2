import ExperimentConfig
import Torch

/// The optimizer of an experiment with its state.
package final class Optimizer {
  /// Parameters with one learning rate, trained from one epoch on.
  package struct Group {
    package var parameters: [Tensor]
    /// Before this epoch they are not changed.
    package var firstEpoch: Int
    /// Of the optimizer's learning rate.
    package var multiplier: Double
    /// In the place of the optimizer's learning rate.
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
  /// The experiment's, before multipliers.
  package let learningRate: Double

  package init(_ definition: any OptimizerDefinition, groups: [Group]) throws {
    learningRate = definition.learningRate
    let rule = definition.rule
    self.groups = try groups.map { ($0, try ParameterUpdates(rule, $0.parameters)) }
  }

  /// What the schedule multiplies every learning rate with.
  package var factor = 1.0

  /// The learning rate of a group in the next step: its own or the optimizer's, times its multiplier, times
  /// the schedule's factor.
  func learningRate(of group: Group) -> Double {
    (group.learningRate ?? learningRate) * group.multiplier * factor
  }

  /// Every tensor that it may change.
  package var parameters: [Tensor] { groups.flatMap(\.group.parameters) }

  /// The tensors that its next step depends on, by name.
  package var state: [(name: String, tensor: Tensor)] {
    groups.enumerated().flatMap { index, item in
      item.updates.state.map { ("\(index).\($0.name)", $0.tensor) }
    }
  }

  /// How many steps each group has made.
  package var stepCounts: [Int] {
    get { groups.map(\.updates.stepCount) }
    set { for (item, count) in zip(groups, newValue) { item.updates.stepCount = count } }
  }

  /// Changes the parameters that `epoch` trains by their gradients.
  package func step(epoch: Int = 1) throws {
    for (group, updates) in groups where group.firstEpoch <= epoch {
      try updates.step(learningRate: learningRate(of: group))
    }
  }

  /// Forgets the gradients and decides which parameters get new ones in `epoch`.
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
