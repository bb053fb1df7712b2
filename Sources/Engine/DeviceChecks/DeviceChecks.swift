import Torch

/// Everything that has to be true on a device before its results can be trusted.
package enum DeviceChecks {
  /// Runs all checks and hands over each result as soon as it is known.
  ///
  /// - Parameter fixtures: the folder `Tests/Fixtures` of the sources, with PyTorch's results.
  package static func run(
    on device: Device, fixtures: String, _ receive: (CheckResult) -> Void
  ) throws {
    try Runtime.setDeterministic(true)
    receive(ArithmeticChecks.masks(on: device))
    receive(ArithmeticChecks.tf32(on: device))
    for layer in LayerGolden.layers {
      receive(GoldenChecks.layer(layer, in: "\(fixtures)/layers", on: device))
    }
    for item in try LossCase.all(in: "\(fixtures)/tasks/losses.json") {
      receive(GoldenChecks.loss(item, on: device))
    }
    OptimizerChecks.all(on: device).forEach(receive)
    for training in CheckedTraining.all {
      TrainingChecks.all(training, on: device).forEach(receive)
    }
  }
}
