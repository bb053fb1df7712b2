import Files

/// What the front program asks of a worker: one line of JSON on its standard input.
package struct WorkerRequest: Codable, Sendable {
  /// The run directory, or that of one of its folds; empty where none is needed.
  package var directory: String
  /// The directory that nothing leads out of: the run or sweep that `directory` is a part of.
  private var root: String?
  /// The epoch after which the training is put down, to be resumed later.
  package var untilEpoch: Int?
  /// Where given, nothing is trained: the run's models are asked.
  package var prediction: PredictionRequest?
  /// Where given, nothing is trained to an end: some steps are timed.
  package var timing: TimingRequest?

  enum CodingKeys: String, CodingKey {
    case directory, root, prediction, timing
    case untilEpoch = "until_epoch"
  }

  package init(_ run: RunDirectory, untilEpoch: Int? = nil) {
    directory = run.path
    root = run.folder.root
    self.untilEpoch = untilEpoch
  }

  /// The same for a run that is named on the command line.
  package init(directory: String) { self.directory = directory }

  package init(_ run: RunDirectory, predicting prediction: PredictionRequest) {
    directory = run.path
    root = run.folder.root
    self.prediction = prediction
  }

  /// The run that is worked on.
  package var run: RunDirectory {
    RunDirectory(RootedDirectory(directory, below: root ?? directory))
  }

  package init(timing: TimingRequest) {
    directory = ""
    self.timing = timing
  }
}
