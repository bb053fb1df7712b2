/// Asks how long the steps of an experiment take on this machine. The worker reads nothing but this
/// request, and writes nothing.
package struct TimingRequest: Codable, Sendable {
  /// The text of `resolved.yaml`.
  package var experiment: String
  package var device: String
  /// The maximum number of examples in a step, if the data has fewer than a batch of the experiment.
  package var examples: Int

  package init(experiment: String, device: String, examples: Int) {
    self.experiment = experiment
    self.device = device
    self.examples = examples
  }
}

/// The answer to a ``TimingRequest``, in seconds.
package struct StepTiming: Codable, Sendable, Equatable {
  /// Of one step of the optimizer.
  package var step: Double
  /// Of one example that is only evaluated.
  package var evaluation: Double
  /// Of one example in the one pass through the frozen layers; 0 if there is none.
  package var feature: Double

  package init(step: Double, evaluation: Double, feature: Double) {
    self.step = step
    self.evaluation = evaluation
    self.feature = feature
  }
}
