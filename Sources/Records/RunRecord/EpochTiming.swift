/// One line of `timings.jsonl`.
package struct EpochTiming: Codable, Sendable {
  package var fold: Int
  package var epoch: Int
  package var trainSeconds: Double
  package var evaluationSeconds: Double
  package var examplesPerSecond: Double

  enum CodingKeys: String, CodingKey {
    case fold, epoch
    case trainSeconds = "train_seconds"
    case evaluationSeconds = "evaluation_seconds"
    case examplesPerSecond = "examples_per_second"
  }

  package init(
    fold: Int, epoch: Int, trainSeconds: Double, evaluationSeconds: Double,
    examplesPerSecond: Double
  ) {
    self.fold = fold
    self.epoch = epoch
    self.trainSeconds = trainSeconds
    self.evaluationSeconds = evaluationSeconds
    self.examplesPerSecond = examplesPerSecond
  }
}

extension EpochTiming: CheckedRecord {
  package func check() throws(RecordProblem) {
    try RecordProblem.require("fold", fold, in: 0...1_000_000)
    try RecordProblem.require("epoch", epoch, in: 1...1_000_000)
    for (key, value) in [
      ("train_seconds", trainSeconds), ("evaluation_seconds", evaluationSeconds),
      ("examples_per_second", examplesPerSecond),
    ] where !value.isFinite || value < 0 {
      throw RecordProblem(key, "expected a number of at least 0, found \(value)")
    }
  }
}
