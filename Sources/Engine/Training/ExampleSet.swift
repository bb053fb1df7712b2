import DataSchema
import Datasets
import Execution
import FeatureCache
import Graph
import Torch
import Transforms

/// The examples of a data set in the form that a model takes: a batch is vectors, images after the
/// transforms, or, after a frozen prefix, the output of that prefix.
package struct ExampleSet {
  package let count: Int
  package let targets: Targets
  /// The prefix whose output a batch holds; `nil` if it holds the model's own input.
  package let prefix: FrozenPrefix?
  /// `nil` for boxes, which move with their images.
  private let targetTensor: Tensor?
  private let device: Device
  /// The number of classes of the masks; `nil` if the targets are none.
  private let maskClasses: Int?
  /// Reads the masks after a frozen prefix, whose outputs are kept without them.
  private let maskReader: BatchPrefetcher?
  /// What becomes of boxes; `nil` if the targets are none.
  private let boxes: Boxes?
  let storage: Storage

  /// Boxes on their way from the image files to the model's input.
  private struct Boxes {
    let transforms: BoxTransforms
    /// The largest number of boxes of one image.
    let most: Int
  }

  enum Storage {
    /// Vectors on the device.
    case vectors(Tensor)
    /// Bytes on the device.
    case resident(Tensor, FloatSteps)
    /// Bytes in memory, transformed batch by batch. The steps that LibTorch computes come last.
    case images(BatchPrefetcher, FloatSteps?)
    case features(Features)
  }

  /// - Parameters:
  ///   - pipeline: for images; ends with floats, which planning has checked. `nil` for vectors.
  ///   - isCategory: whether the targets are class numbers.
  ///   - threads: for transforms that LibTorch does not compute.
  ///   - loading: how examples that are not in memory are read.
  /// - Throws: ``DataError`` if examples that are kept in memory cannot be read.
  package init(
    _ source: any ExampleSource, _ pipeline: TransformPipeline?, isCategory: Bool = true,
    device: Device, threads: Int = 1, loading: ExampleLoading = ExampleLoading()
  ) throws {
    count = source.count
    targets = source.targets
    prefix = nil
    self.device = device
    if case .boxes(let classes) = source.schema.target.kind, let pipeline {
      boxes = Boxes(transforms: pipeline.forBoxes, most: classes.most)
    } else {
      boxes = nil
    }
    targetTensor =
      boxes == nil ? try Self.tensor(source.targets, isCategory, device) : nil
    maskClasses = source.hasMasks ? source.targets.width - 1 : nil
    maskReader = nil
    guard let pipeline else {
      storage = .vectors(try Self.vectors(source, device))
      return
    }
    let (source, rest) = try loading.prepared(source, pipeline, threads: threads)
    let (byteSteps, floatSteps) = FloatSteps.split(rest)
    if let floatSteps, byteSteps.steps.isEmpty, source.isInMemory, !source.hasMasks {
      let type = rest.input
      let shape = [source.count, type.channels, type.height, type.width]
      let shared = try Tensor.sharing(source, shape: shape, dtype: .uint8, device: device)
      let pixels =
        try shared
        ?? source.images(Array(0..<source.count)).withUnsafeBytes {
          try Tensor(bytes: $0, shape: shape, dtype: .uint8, device: device)
        }
      storage = .resident(pixels, floatSteps)
    } else {
      storage = .images(
        BatchPrefetcher(
          source, byteSteps, masks: source.hasMasks ? rest.forMasks : nil, threads: threads),
        floatSteps)
    }
  }

  /// All vectors of a source, [count, size].
  private static func vectors(_ source: any ExampleSource, _ device: Device) throws -> Tensor {
    let name = source.schema.input.name
    if case .vector(let size) = source.schema.input.kind,
      let shared = try Tensor.sharing(
        source, shape: [source.count, size], dtype: .float32, device: device)
    {
      return shared
    }
    var batch = ExampleBatch()
    try source.read(Array(0..<source.count), into: &batch)
    guard case .numbers(let values)? = batch.take(name) else {
      throw DataError(path: name, reason: "holds no vectors")
    }
    return try Tensor(
      values, shape: [source.count, source.count == 0 ? 0 : values.count / source.count],
      device: device)
  }

  /// The output of a frozen prefix for every example.
  package init(_ features: Features, of examples: ExampleSet, device: Device) throws {
    count = examples.count
    targets = examples.targets
    prefix = features.prefix
    self.device = device
    targetTensor = examples.targetTensor
    boxes = examples.boxes
    maskClasses = examples.maskClasses
    if maskClasses != nil, case .images(let images, _) = examples.storage {
      maskReader = images
    } else {
      maskReader = nil
    }
    storage = .features(features)
  }

  /// Class numbers as int64 [count], other numbers as float32 [count, width].
  private static func tensor(
    _ targets: Targets, _ isCategory: Bool, _ device: Device
  ) throws -> Tensor {
    if isCategory { return try Tensor(targets.values.map { Int64($0) }, device: device) }
    return try Tensor(targets.values, shape: [targets.count, targets.width], device: device)
  }

  /// The examples at `indices`: what the model takes [batch, …] as float32, and the targets:
  /// class numbers [batch], numbers [batch, width], masks [batch, height, width] of class numbers as int64,
  /// with ``ignoredClass`` for pixels without one, or boxes [batch, most, 5] as
  /// ``BoxTransforms/targets(_:most:sampleIndices:augmenting:)`` gives them.
  ///
  /// - Parameters:
  ///   - augmenting: the place in the training, for random transforms; `nil` for evaluation, in which
  ///     they do nothing.
  ///   - format: the memory format of images that suits the model.
  package func batch(
    _ indices: some Collection<Int>, augmenting: Augmentation? = nil,
    format: MemoryFormat = .contiguous
  ) throws -> (inputs: Tensor, targets: Tensor) {
    let batch = try load(indices, augmenting: augmenting, format: format)
    return (batch.inputs, batch.targets)
  }

  /// Whether the targets are masks.
  var hasMasks: Bool { maskClasses != nil }

  /// What LibTorch's losses leave out.
  package static let ignoredClass = -100

  /// Some examples on the device.
  struct Batch {
    let inputs: Tensor
    let targets: Tensor
    /// The masks in memory, [batch, height, width]; empty if the targets are none.
    var masks: [UInt8] = []
    /// How many pixels have each class; empty if the targets are no masks.
    var pixels: [Int] = []
    /// Where each image lies in the model's input in evaluation; empty if the targets are no boxes.
    var placements: [ImagePlacement] = []
  }

  /// The same as ``batch(_:augmenting:format:)``, with what is known of masks and boxes.
  func load(
    _ indices: some Collection<Int>, augmenting: Augmentation? = nil,
    format: MemoryFormat = .contiguous
  ) throws -> Batch {
    if let maskClasses { return try masked(indices, maskClasses, augmenting, format) }
    let index = try Tensor(Array(indices), device: device)
    let inputs: Tensor
    switch storage {
    case .vectors(let vectors): inputs = try vectors.indexSelect(dim: 0, index: index)
    case .resident(let pixels, let steps):
      inputs = try steps.apply(pixels, index, format: format)
    case .images(let images, let steps):
      let batch = try images.batch(Array(indices), augmenting)
      inputs = try self.inputs(batch.images, steps, format)
    case .features(let features): inputs = try features.batch(indices, device: device)
    }
    if let boxes { return try boxed(Array(indices), boxes, inputs, augmenting) }
    guard let targetTensor else { throw Self.noTargets }
    return Batch(inputs: inputs, targets: try targetTensor.indexSelect(dim: 0, index: index))
  }

  /// A batch of images with the boxes in them after the same draws.
  private func boxed(
    _ indices: [Int], _ boxes: Boxes, _ inputs: Tensor, _ augmenting: Augmentation?
  ) throws -> Batch {
    let images = indices.map { ImageBoxes(targets[$0]) }
    let values: [Float]
    var placements: [ImagePlacement] = []
    do throws(TransformMismatch) {
      values = try boxes.transforms.targets(
        images, most: boxes.most, sampleIndices: indices, augmenting: augmenting)
      var known: [[Int]: ImagePlacement] = [:]
      for image in images {
        let size = [image.height, image.width]
        if let placement = known[size] {
          placements.append(placement)
          continue
        }
        let placement = try boxes.transforms.placement(height: image.height, width: image.width)
        known[size] = placement
        placements.append(placement)
      }
    } catch {
      throw DataError(path: "boxes", reason: error.message)
    }
    let found = try Tensor(
      values, shape: [images.count, boxes.most, BoxTransforms.targetWidth], device: device)
    return Batch(inputs: inputs, targets: found, placements: placements)
  }

  /// The images of a batch on the device, after the last steps.
  private func inputs(
    _ batch: ImageBatch, _ steps: FloatSteps?, _ format: MemoryFormat
  ) throws -> Tensor {
    guard let steps else {
      return try Tensor(batch.floats, shape: batch.shape, device: device)
    }
    let (bytes, all) = try bytes(of: batch)
    return try steps.apply(bytes, all, format: format)
  }

  /// The bytes of a batch on the device, and the numbers of all of its rows.
  private func bytes(of batch: ImageBatch) throws -> (bytes: Tensor, rows: Tensor) {
    (
      try Tensor(batch.bytes, shape: batch.shape, device: device),
      try Tensor(Array(0..<batch.count), device: device)
    )
  }

  /// What a compiled part of a model takes of some examples.
  package func inputs(
    _ indices: some Collection<Int>, for plan: InferencePlan
  ) throws -> Tensor {
    let single = plan.takesSingleChannel ? try singleChannel(indices) : nil
    return try single ?? batch(indices, format: plan.format).inputs
  }

  /// How all channels of the images follow from the one that ``singleChannel(_:)`` gives; `nil` if they do not.
  package var repeatedChannel: RepeatedChannel? {
    switch storage {
    case .resident(_, let steps): steps.repeated
    case .images(_, let steps): steps?.repeated
    case .vectors, .features: nil
    }
  }

  /// The single channel of some images, [batch, 1, height, width] in channels-last order; `nil` if they are not
  /// grey.
  package func singleChannel(_ indices: some Collection<Int>) throws -> Tensor? {
    switch storage {
    case .resident(let pixels, let steps) where steps.repeated != nil:
      return try steps.applySingle(pixels, Tensor(Array(indices), device: device))
    case .images(let images, let steps?) where steps.repeated != nil:
      let (bytes, all) = try bytes(of: images.batch(Array(indices), nil).images)
      return try steps.applySingle(bytes, all)
    default: return nil
    }
  }

  /// Examples whose targets are masks.
  private func masked(
    _ indices: some Collection<Int>, _ classes: Int, _ augmenting: Augmentation?,
    _ format: MemoryFormat
  ) throws -> Batch {
    let loaded: BatchPrefetcher.Batch
    let made: Tensor
    switch storage {
    case .images(let images, let steps):
      loaded = try images.batch(Array(indices), augmenting)
      made = try inputs(loaded.images, steps, format)
    case .features(let features):
      guard let maskReader else { throw Self.noMasks }
      loaded = try maskReader.batch(Array(indices), augmenting)
      made = try features.batch(indices, device: device)
    case .vectors, .resident: throw Self.noMasks
    }
    var counts = [Int](repeating: 0, count: 256)
    for number in loaded.masks { counts[Int(number)] += 1 }
    let type = loaded.images.type
    let targets = try Tensor(
      loaded.masks.map { Int64($0) < classes ? Int64($0) : Int64(Self.ignoredClass) },
      shape: [loaded.images.count, type.height, type.width], device: device)
    return Batch(
      inputs: made, targets: targets, masks: loaded.masks, pixels: Array(counts.prefix(classes)))
  }

  private static var noTargets: TorchError {
    TorchError(operation: "loading targets", message: "the examples have none")
  }

  private static var noMasks: TorchError {
    TorchError(operation: "loading masks", message: "the examples are not read as images")
  }

  /// Announces the batches of an epoch, so that the next ones can be prepared during a step.
  package func expect(_ batches: [[Int]], augmenting: Augmentation) {
    if case .images(let images, _) = storage { images.expect(batches, augmenting) }
  }

  /// Writes the examples at `indices` one after another, as `batch` gives them.
  func fill(
    _ indices: [Int], augmenting: Augmentation?, into memory: UnsafeMutableBufferPointer<Float>
  ) throws {
    if case .features(let features) = storage {
      try features.gather(indices, into: memory)
    } else {
      let values = try batch(indices, augmenting: augmenting).inputs.floats()
      _ = memory.update(fromContentsOf: values)
    }
  }
}

extension Tensor {
  /// All inputs of a source that processes share; on the CPU without a copy. `nil` if they do not share them.
  fileprivate static func sharing(
    _ source: any ExampleSource, shape: [Int], dtype: ScalarType, device: Device
  ) throws -> Tensor? {
    guard let column = source.sharedColumn else { return nil }
    if device == .cpu {
      return try Tensor(sharing: column.bytes, of: column.owner, shape: shape, dtype: dtype)
    }
    return try withExtendedLifetime(column.owner) {
      try Tensor(bytes: column.bytes, shape: shape, dtype: dtype, device: device)
    }
  }
}

extension ImageBatch {
  fileprivate var shape: [Int] { [count, type.channels, type.height, type.width] }
}

@available(*, unavailable)
extension ExampleSet: Sendable {}
