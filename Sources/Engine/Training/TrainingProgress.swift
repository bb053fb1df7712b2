import Schedules

/// The progress of a training. Together with the tensors of a checkpoint it determines the next step; random
/// numbers are functions of the position and have no state.
package struct TrainingProgress: Codable, Sendable, Equatable {
  /// Optimizer steps taken.
  package var step = 0
  /// Epochs completed, including their evaluation.
  package var epochs = 0
  /// Optimizer steps taken in the current epoch.
  package var stepInEpoch = 0
  /// Sums over the current epoch.
  package var sums = EpochSums()
  package var best: Best?
  package var earlyStopping: EarlyStopping.State?
  package var schedule: ReduceOnPlateau.State?
  /// Optimizer steps of each parameter group.
  package var groupSteps: [Int] = []
  /// The number of weight-average updates.
  package var averagedSteps = 0
  /// Which values of each monitored result were defined, by its key.
  package var monitored: [String: MonitoredHistory]?

  package struct Best: Codable, Sendable, Equatable {
    package var epoch: Int
    /// The monitored value, such as the validation loss; `nil` if it was undefined or not finite.
    package var score: Double?
  }

  package init() {}
}

/// Running sums over an epoch's training steps.
package struct EpochSums: Codable, Sendable, Equatable {
  /// The sum of each batch's mean loss times its number of examples.
  package var loss = 0.0
  package var correct = 0
  package var examples = 0

  package init() {}

  mutating func add(_ step: StepSums) {
    loss += step.loss
    correct += step.correct
    examples += step.examples
  }

  var meanLoss: Double { loss / Double(max(examples, 1)) }
  var shareOfCorrect: Double { Double(correct) / Double(max(examples, 1)) }
}
