import Schedules

/// How far a training has come: with the tensors of a checkpoint, everything that its next step needs.
/// Random numbers are functions of the position and have no state.
package struct TrainingProgress: Codable, Sendable, Equatable {
  /// Optimizer steps so far.
  package var step = 0
  /// Epochs whose evaluation is done.
  package var epochs = 0
  /// Optimizer steps of the current epoch.
  package var stepInEpoch = 0
  /// Of the current epoch.
  package var sums = EpochSums()
  package var best: Best?
  package var earlyStopping: EarlyStopping.State?
  package var schedule: ReduceOnPlateau.State?
  /// Optimizer steps of each group of parameters.
  package var groupSteps: [Int] = []
  /// How often the average of the weights was updated.
  package var averagedSteps = 0
  /// By the key of each monitored result, which of its values are defined.
  package var monitored: [String: MonitoredHistory]?

  package struct Best: Codable, Sendable, Equatable {
    package var epoch: Int
    /// Of the value that decides, such as the validation loss; `nil` if it was undefined or not finite.
    package var score: Double?
  }

  package init() {}
}

/// What an epoch's training has summed up so far.
package struct EpochSums: Codable, Sendable, Equatable {
  /// Each batch's loss times its examples.
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
