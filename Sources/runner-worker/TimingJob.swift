import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Graph
import Planning
import Tasks
import Torch
import Training
import Transforms
import WorkerProtocol

/// Times the steps of an experiment on meaningless images.
struct TimingJob {
  /// Two batches of the pass through frozen layers.
  private static let examples = 64

  private let request: TimingRequest

  init(_ request: TimingRequest) {
    self.request = request
  }

  func measure() throws -> StepTiming {
    let name = "resolved.yaml"
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      name, environment: [:], processors: 1,
      frozen: [ExperimentLoader.place(name): request.experiment], needsWeights: false,
      diagnostics: diagnostics)
    guard let plan else { throw InputError(diagnostics.sorted) }
    guard let device = Device(request.device) else {
      throw ProgramFault("there is no device '\(request.device)'")
    }
    try plan.check(device: request.device)
    let experiment = plan.experiment
    try Runtime.setThreadCount(experiment.threads)
    try Runtime.setDeterministic(true, allowTF32: experiment.precision.allowsTF32(on: device))
    Runtime.setFlushDenormal(true)

    let transforms = plan.transforms?.fitted { before in
      let half = [Float](repeating: 0.5, count: before.output.channels)
      return (mean: half, std: half)
    }
    let examples = try ExampleSet(
      Self.source(plan), transforms,
      isCategory: plan.task.targetsAreClasses,
      device: device, threads: experiment.threads)
    var job = TrainingJob(
      plan, device: device, examples: examples, trainIndices: [], validationIndices: [])
    job.frozenPrefix = plan.frozenPrefix
    job.teacher = try experiment.teacher.map { try Teacher($0, device: device) }
    return try StepClock(job, most: max(1, request.examples)).measure()
  }

  /// Random values of the data set's size.
  private static func source(_ plan: Plan) -> any ExampleSource {
    if plan.task.target.kind.isMask, let image = plan.transforms?.input.size {
      let plane = image.height * image.width
      let classes = plan.task.outputCount
      return ImagesInMemory(
        pixels: pixels(examples * image.count), size: image, target: plan.task.target,
        targets: Targets(
          Array(repeating: 0, count: examples * (classes + 1)), width: classes + 1),
        masks: (0..<examples * plane).map { UInt8($0 % classes) })
    }
    if case .boxes(let boxes) = plan.task.target.kind, let image = plan.transforms?.input.size {
      let item = ImageBoxes.Item(
        label: 0, x: Float(image.width) / 4, y: Float(image.height) / 4,
        width: Float(image.width) / 2, height: Float(image.height) / 2)
      let row = ImageBoxes(width: image.width, height: image.height, boxes.most > 0 ? [item] : [])
        .row(boxes.most)
      return ImagesInMemory(
        pixels: pixels(examples * image.count), size: image, target: plan.task.target,
        targets: Targets((0..<examples).flatMap { _ in row }, width: row.count))
    }
    let targets =
      plan.task.targetsAreClasses
      ? Targets(classes: (0..<examples).map { $0 % plan.task.outputCount })
      : Targets(
        (0..<(examples * plan.task.outputCount)).map { Float($0 % 2) },
        width: plan.task.outputCount)
    guard let image = plan.transforms?.input.size else {
      let size = plan.graph.inputs.reduce(0) { $0 + $1.shape.count }
      return VectorsInMemory(
        pixels(examples * size).map { Float($0) / 128 - 1 }, size: size, target: plan.task.target,
        targets: targets)
    }
    return ImagesInMemory(
      pixels: pixels(examples * image.count), size: image, target: plan.task.target,
      targets: targets)
  }

  /// Values of all sizes, without an order in them.
  private static func pixels(_ count: Int) -> [UInt8] {
    var state: UInt32 = 1
    return (0..<count).map { _ in
      // Numerical Recipes' quick generator: nothing is drawn from it but greys to multiply.
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
  }
}
