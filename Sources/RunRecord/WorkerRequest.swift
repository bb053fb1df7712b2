/// What the front program asks of a worker: one line of JSON on its standard input.
package struct WorkerRequest: Codable, Sendable {
  /// The run directory, or that of one of its folds.
  package var directory: String
  /// The epoch after which the training is put down, to be resumed later.
  package var untilEpoch: Int?

  enum CodingKeys: String, CodingKey {
    case directory
    case untilEpoch = "until_epoch"
  }

  package init(directory: String, untilEpoch: Int? = nil) {
    self.directory = directory
    self.untilEpoch = untilEpoch
  }
}
