import Tasks

/// The size of a training.
package struct JobSize: Codable, Sendable {
  package var trainExamples: Int
  package var validationExamples: Int
  package var testExamples: Int
  package var epochs: Int
  package var stepsPerEpoch: Int
  /// The number of optimizer steps, which is less than the epochs' total if `max_steps` ends
  /// training sooner.
  package var totalSteps: Int
  /// Whether the best epoch is selected by validation; otherwise the last one is used.
  package var choosesEpoch: Bool
  /// The first epoch of an equal average of the weights, which is then the result; `nil` without one.
  package var averagedFrom: Int?
  /// The setting that mixes the examples of a batch in pairs, such as `mixup`; `nil` if none does.
  package var mixes: String?
  /// The score shown for each epoch besides its losses.
  package var score: EpochScore

  package init(
    trainExamples: Int, validationExamples: Int, testExamples: Int, epochs: Int,
    stepsPerEpoch: Int, totalSteps: Int, choosesEpoch: Bool = true, averagedFrom: Int? = nil,
    mixes: String? = nil, score: EpochScore
  ) {
    self.trainExamples = trainExamples
    self.validationExamples = validationExamples
    self.testExamples = testExamples
    self.epochs = epochs
    self.stepsPerEpoch = stepsPerEpoch
    self.totalSteps = totalSteps
    self.choosesEpoch = choosesEpoch
    self.averagedFrom = averagedFrom
    self.mixes = mixes
    self.score = score
  }
}

/// The score shown for every epoch: the task's primary one.
package struct EpochScore: Codable, Sendable, Equatable {
  /// Its key in `metrics.jsonl`, after `val_`.
  package var key: String
  /// Whether it is a share, which is shown as a percentage.
  package var isShare: Bool
  /// Whether training steps count it as well, under `train_`.
  package var isCounted: Bool

  package init(_ task: any Task) {
    key = task.primary
    isShare = type(of: task.primaryMetric).unit == .share
    isCounted = task.runningScore?.key == key
  }
}
