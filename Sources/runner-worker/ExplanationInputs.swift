import DataSchema
import Datasets
import Diagnostics
import Files
import Planning
import Prediction
import RunRecord
import Tasks
import Torch
import Training
import Transforms
import WorkerProtocol

/// A picture as a model takes it.
struct ExplanationSubject {
  /// [1, channels, height, width]
  let input: Tensor
  /// What is not explained, of the same shape.
  let baseline: Tensor
  /// As people see it, [3, height, width].
  let picture: [UInt8]
}

/// Reads the pictures of an ``ExplanationRequest``.
final class ExplanationInputs {
  private let request: ExplanationRequest
  private let plan: Plan
  private let device: Device
  private let format: MemoryFormat
  /// The examples of the data set; `nil` if all pictures are files.
  private let examples: (any ExampleSource)?
  private let fittedInputs: [UInt8]?
  private let statistics: NormalizationFile?
  private let targetWidth: Int
  /// The last file, which may hold many pictures.
  private var file: (path: String, images: ImagesInMemory)?

  /// - Throws: ``InputError`` if the model takes no pictures; ``FileError`` and ``DataError`` if the data set cannot be
  ///   read.
  init(
    _ request: ExplanationRequest, _ plan: Plan, _ device: Device, format: MemoryFormat
  ) throws {
    guard let transforms = plan.transforms else {
      throw InputError("the run's model takes \(plan.dataset.dataSchema.input.kind), no pictures")
    }
    self.request = request
    self.plan = plan
    self.device = device
    self.format = format
    examples = try request.dataset.map {
      try plan.open(request.split == .test ? .test : .train, of: $0, in: request.run)
    }
    fittedInputs = try RunDirectory(path: request.model.directory).fittedInputs()
    statistics =
      transforms.steps.contains(.normalizeByTraining)
      ? try NormalizationFile(beside: request.model.weights) : nil
    targetWidth = plan.task.layout(plan.loss.link).targets.count
  }

  func subject(_ picture: ExplanationRequest.Picture) throws -> ExplanationSubject {
    switch picture {
    case .example(let index):
      guard let examples, index < examples.count, let pipeline = plan.transforms else {
        throw ProgramFault("there is no example \(index) to explain")
      }
      return try subject(index, of: examples, pipeline)
    case .file(let path, let index):
      let images = try images(path)
      guard index < images.count else {
        throw ProgramFault("'\(path)' has no image \(index) to explain")
      }
      return try subject(
        ImagesInMemory(
          pixels: Array(images.pixels(of: index)), size: images.size, decoded: images.decoded,
          count: 1))
    }
  }

  /// - Parameter picture: one image, of any size.
  func subject(_ picture: ImagesInMemory) throws -> ExplanationSubject {
    let own = try plan.images(height: picture.size.height, width: picture.size.width).pipeline
    guard let own else { throw ProgramFault("the model takes no pictures") }
    return try subject(0, of: withoutTargets(picture), own)
  }

  private func images(_ path: String) throws -> ImagesInMemory {
    if let file, file.path == path { return file.images }
    let channels = plan.transforms?.input.channels ?? 3
    let read = try ImageFileContents(
      reading: path, channels: channels, background: request.background,
      reduction: { plan.reduction(for: $0) }
    ).images
    let images = request.isInverted ? read.inverted() : read
    file = (path, images)
    return images
  }

  private func withoutTargets(_ images: ImagesInMemory) -> ImagesInMemory {
    images.withoutTargets(width: targetWidth, as: plan.task.target)
  }

  private func subject(
    _ index: Int, of source: any ExampleSource, _ pipeline: TransformPipeline
  ) throws -> ExplanationSubject {
    let input = try tensor(index, of: source, pipeline)
    return try ExplanationSubject(
      input: input, baseline: baseline(like: input, index, source, pipeline),
      picture: picture(index, of: source, pipeline, input))
  }

  private func tensor(
    _ index: Int, of source: any ExampleSource, _ pipeline: TransformPipeline
  ) throws -> Tensor {
    let fitted = try statistics?.fitted(pipeline) ?? pipeline
    let part = ExampleSubset(try fittedInputs.map(source.applying) ?? source, rows: [index])
    return try ExampleSet(
      part, fitted, isCategory: plan.task.targetsAreClasses, device: device,
      threads: request.threads
    ).batch(0..<1, format: format).inputs
  }

  private func baseline(
    like input: Tensor, _ index: Int, _ source: any ExampleSource, _ pipeline: TransformPipeline
  ) throws -> Tensor {
    let level: UInt8
    switch request.settings.baseline {
    case .zeros: return try Tensor.zeros(like: input)
    case .black: level = 0
    case .white: level = 255
    }
    let size = try source.pictures([index]).originals[0]
    let plain = ImagesInMemory(
      pixels: Array(repeating: level, count: size.count), size: size, count: 1)
    let own = try plan.images(height: size.height, width: size.width).pipeline ?? pipeline
    return try tensor(0, of: withoutTargets(plain), own)
  }

  /// The picture after the steps that give bytes or, if other steps change its size, the model's input from its
  /// smallest to its largest value.
  private func picture(
    _ index: Int, of source: any ExampleSource, _ pipeline: TransformPipeline, _ input: Tensor
  ) throws -> [UInt8] {
    let (bytes, channels): ([UInt8], Int)
    if let visible = pipeline.visiblePart {
      let batch = try visible.apply(
        to: source, [index], augmenting: nil, threads: request.threads)
      (bytes, channels) = (batch.bytes, batch.type.channels)
    } else {
      let values = try input.contiguous().floats()
      let (low, high) = (values.min() ?? 0, values.max() ?? 0)
      bytes = values.map { high > low ? UInt8((255 * ($0 - low) / (high - low)).rounded()) : 0 }
      channels = input.shape[1]
    }
    let plane = bytes.count / channels
    return (0..<3).flatMap { channel in
      let start = (channels < 3 ? 0 : channel) * plane
      return bytes[start..<(start + plane)]
    }
  }
}
