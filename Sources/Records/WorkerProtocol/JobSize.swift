import Tasks

/// The size of a training.
package struct JobSize: Codable, Sendable {
  package var trainExamples: Int
  package var validationExamples: Int
  package var testExamples: Int
  package var epochs: Int
  package var stepsPerEpoch: Int
  /// Steps that will be made, fewer than the epochs' where `max_steps` ends training sooner.
  package var totalSteps: Int
  /// Whether an epoch is chosen by validation examples; otherwise the last one counts.
  package var choosesEpoch: Bool
  /// The values shown for an epoch besides its losses.
  package var score: EpochScore

  package init(
    trainExamples: Int, validationExamples: Int, testExamples: Int, epochs: Int,
    stepsPerEpoch: Int, totalSteps: Int, choosesEpoch: Bool = true, score: EpochScore
  ) {
    self.trainExamples = trainExamples
    self.validationExamples = validationExamples
    self.testExamples = testExamples
    self.epochs = epochs
    self.stepsPerEpoch = stepsPerEpoch
    self.totalSteps = totalSteps
    self.choosesEpoch = choosesEpoch
    self.score = score
  }
}

/// The score shown for every epoch: the task's primary one.
package struct EpochScore: Codable, Sendable, Equatable {
  /// Its key in `metrics.jsonl`, after `val_`.
  package var key: String
  /// Whether it is a share, which people read as a percentage.
  package var isShare: Bool
  /// Whether the steps of the training count it as well, behind `train_`.
  package var isCounted: Bool

  package init(_ task: any Task) {
    key = task.primary
    isShare = type(of: task.primaryMetric).unit == .share
    isCounted = task.runningScore?.key == key
  }
}
