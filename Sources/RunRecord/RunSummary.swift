import ExperimentConfig

/// The contents of `summary.json`: what a run found out.
package struct RunSummary: Codable, Sendable, Equatable {
  package struct Parameters: Codable, Sendable, Equatable {
    package var total: Int
    package var trainable: Int

    package init(total: Int, trainable: Int) {
      self.total = total
      self.trainable = trainable
    }
  }

  package var status: String
  package var identity: String
  /// The data set that was used, which is the fallback where there was one.
  package var dataset: String
  package var parameters: Parameters
  /// Epochs that were trained, a last one that `max_steps` cut short included.
  package var epochs: Int
  /// The epoch of `weights/best.safetensors`: the one with the lowest validation loss.
  package var bestEpoch: Int
  /// `loss`, `accuracy` and so on with the best weights.
  package var validation: [String: Double]
  package var test: [String: Double]
  /// By split and metric: the lower and upper end of the bootstrap 95 % interval.
  package var intervals: [String: [String: [Double]]]?

  enum CodingKeys: String, CodingKey {
    case status, identity, dataset, parameters, epochs
    case bestEpoch = "best_epoch"
    case validation, test, intervals
  }

  package init(
    status: String, identity: String, dataset: String, parameters: Parameters, epochs: Int,
    bestEpoch: Int, validation: [String: Double], test: [String: Double],
    intervals: [String: [String: [Double]]]? = nil
  ) {
    self.intervals = intervals
    self.status = status
    self.identity = identity
    self.dataset = dataset
    self.parameters = parameters
    self.epochs = epochs
    self.bestEpoch = bestEpoch
    self.validation = validation
    self.test = test
  }
}
