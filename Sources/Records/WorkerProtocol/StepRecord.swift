/// The progress after an optimizer step.
package struct StepRecord: Codable, Sendable {
  /// From 1.
  package var epoch: Int
  /// From 1, over the whole training.
  package var step: Int
  /// From 1, within the epoch.
  package var stepInEpoch: Int
  /// The loss of this step's batch.
  package var loss: Double
  /// The mean loss of the epoch so far.
  package var meanLoss: Double
  package var examplesPerSecond: Double

  package init(
    epoch: Int, step: Int, stepInEpoch: Int, loss: Double, meanLoss: Double,
    examplesPerSecond: Double
  ) {
    self.epoch = epoch
    self.step = step
    self.stepInEpoch = stepInEpoch
    self.loss = loss
    self.meanLoss = meanLoss
    self.examplesPerSecond = examplesPerSecond
  }
}
