import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Planning
import RunRecord
import Tasks
import Torch
import Training
import Weights
import WorkerProtocol

/// A small training on drawn digits.
package struct CheckedTraining: Sendable {
  package let name: String
  private let text: String
  private let size: Int

  /// Models of the kinds whose steps differ: dense layers, convolutions with statistics, residual blocks.
  package static let all = [
    CheckedTraining(
      "mlp", "[flatten, linear: 64, relu, dropout: 0.2, linear: 10]", "{adam: 1e-3}"),
    CheckedTraining(
      "cnn",
      """
      [conv2d: {out_channels: 16, kernel_size: 3, padding: 1}, batch_norm2d, relu, max_pool2d: 2,
       dropout2d: 0.1, conv2d: {out_channels: 32, kernel_size: 3}, relu, global_avg_pool, linear: 10]
      """, "{sgd: {lr: 0.05, momentum: 0.9, nesterov: true}}"),
    CheckedTraining(
      "resnet18", "resnet18", "{adamw: 1e-4}", transforms: "grayscale: 3, to_tensor", size: 96),
  ]

  /// - Parameters:
  ///   - model: and the optimizer, as an experiment writes them.
  ///   - size: the number of training examples, in batches of 32.
  init(
    _ name: String, _ model: String, _ optimizer: String, transforms: String = "to_tensor",
    size: Int = 320
  ) {
    self.name = name
    self.size = size
    text = """
      data:
        dataset: digits
        transforms: [\(transforms), normalize: {mean: 0.13, std: 0.31}]
        batch_size: 32
      model: \(model)
      optimizer: \(optimizer)
      train: {epochs: 3, clip_grad_norm: 5}
      """
  }

  static func plan(_ text: String) throws -> Plan {
    let diagnostics = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 1)
    guard
      let loaded = loader.load(SourceFile(name: "check.yaml", text: text), into: diagnostics),
      let plan = Plan(loaded, diagnostics: diagnostics)
    else { throw InputError(diagnostics.sorted) }
    return plan
  }

  /// Without validation examples, so that an epoch is its training steps.
  func job(
    on device: Device, epochs: Int = 3, precision: Precision = .float32
  ) throws
    -> TrainingJob
  {
    let plan = try Self.plan(text)
    let (pixels, labels) = Digits.generate(0..<size)
    let images = ImagesInMemory(
      pixels: pixels, size: ImageSize(channels: 1, height: Digits.height, width: Digits.width),
      target: .digits, targets: Targets(classes: labels.map(Int.init)))
    var job = try TrainingJob(
      plan, device: device,
      examples: ExampleSet(
        images, plan.transforms, isCategory: plan.task.targetsAreClasses, device: device),
      trainIndices: Array(0..<size), validationIndices: [])
    job.epochs = epochs
    job.precision = precision
    job.selection = .lastEpoch
    return job
  }
}

/// Watches a training.
final class CheckObserver: TrainingObserver {
  private(set) var losses: [Double] = []
  private(set) var snapshots: [TrainingSnapshot] = []
  /// The step after which training is interrupted.
  var lastStep = Int.max
  /// Called after every step of an epoch.
  var afterStep: (_ step: Int) -> Void = { _ in }
  /// Called after every epoch.
  var afterEpoch: () throws -> Void = {}
  private var step = 0

  var isInterrupted: Bool { step >= lastStep }
  func didStep(_ record: StepRecord) { losses.append(record.loss) }
  func didFinish(_ epoch: EpochEnd) throws { try afterEpoch() }
  func warn(_ text: String) {}
  func keep(_ snapshot: TrainingSnapshot) { snapshots.append(snapshot) }
  func isCheckpointDue(step: Int, atEndOfEpoch: Bool) -> Bool {
    self.step = step
    if !atEndOfEpoch { afterStep(step) }
    return false
  }
}
