/// What the front program asks of a worker: one line of JSON on its standard input.
package struct WorkerRequest: Codable, Sendable {
  /// The run directory, or that of one of its folds; empty where none is needed.
  package var directory: String
  /// The epoch after which the training is put down, to be resumed later.
  package var untilEpoch: Int?
  /// Where given, nothing is trained: the run's models are asked.
  package var prediction: PredictionRequest?
  /// Where given, nothing is trained to an end: some steps are timed.
  package var timing: TimingRequest?

  enum CodingKeys: String, CodingKey {
    case directory, prediction, timing
    case untilEpoch = "until_epoch"
  }

  package init(directory: String, untilEpoch: Int? = nil) {
    self.directory = directory
    self.untilEpoch = untilEpoch
  }

  package init(directory: String, predicting prediction: PredictionRequest) {
    self.directory = directory
    self.prediction = prediction
  }

  package init(timing: TimingRequest) {
    directory = ""
    self.timing = timing
  }
}
