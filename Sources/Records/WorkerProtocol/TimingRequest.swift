/// Asks how long the steps of an experiment take on this machine. The worker reads only this
/// request and writes nothing.
package struct TimingRequest: Codable, Sendable {
  /// The text of `resolved.yaml`.
  package var experiment: String
  package var device: String
  /// The maximum number of examples in a step, if the data has fewer than a full batch.
  package var examples: Int

  package init(experiment: String, device: String, examples: Int) {
    self.experiment = experiment
    self.device = device
    self.examples = examples
  }
}

/// The answer to a ``TimingRequest``, in seconds.
package struct StepTiming: Codable, Sendable, Equatable {
  /// For one optimizer step.
  package var step: Double
  /// For evaluating one example.
  package var evaluation: Double
  /// For one example in the pass through the frozen layers; 0 if there are none.
  package var feature: Double

  package init(step: Double, evaluation: Double, feature: Double) {
    self.step = step
    self.evaluation = evaluation
    self.feature = feature
  }
}
