/// What the front program asks of a worker about finished models.
package struct PredictionRequest: Codable, Sendable {
  package enum Input: Codable, Sendable {
    /// Files, each with one image or, in the IDX format, with many.
    case images([String])
    /// One part, `train` or `test`, of a data set; its first examples where there is a limit.
    case dataset(RunInfo.Dataset, split: String, limit: Int?)
  }

  /// State dicts of the run's model. Of several the probabilities are averaged.
  package var weights: [String]
  package var input: Input
  /// Whether dark becomes light before anything else is done.
  package var isInverted: Bool
  package var device: String
  package var threads: Int

  package init(
    weights: [String], input: Input, isInverted: Bool, device: String, threads: Int
  ) {
    self.weights = weights
    self.input = input
    self.isInverted = isInverted
    self.device = device
    self.threads = threads
  }
}
