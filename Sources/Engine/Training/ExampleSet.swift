import DataSchema
import Datasets
import FeatureCache
import Graph
import Torch
import Transforms

/// Examples of a data set as a model takes them: a batch is images after the transforms, or, behind a
/// frozen prefix, what that prefix makes of them.
package struct ExampleSet {
  package let count: Int
  package let targets: Targets
  /// Where given, a batch holds the output of this prefix.
  package let prefix: FrozenPrefix?
  private let targetTensor: Tensor
  private let device: Device
  let storage: Storage

  enum Storage {
    /// Bytes on the device.
    case resident(Tensor, FloatSteps)
    /// Bytes in memory, transformed batch by batch. The steps that LibTorch computes come last.
    case images(BatchPrefetcher, FloatSteps?)
    case features(Features)
  }

  /// Images that are transformed whenever a batch is asked for.
  ///
  /// - Parameters:
  ///   - pipeline: ends with floats, which planning has proven.
  ///   - isCategory: whether the targets are class numbers.
  ///   - threads: for transforms that LibTorch does not compute.
  /// - Throws: ``DataError`` if examples that are kept in memory cannot be read.
  package init(
    _ source: any ExampleSource, _ pipeline: TransformPipeline, isCategory: Bool = true,
    device: Device, threads: Int = 1
  ) throws {
    count = source.count
    targets = source.targets
    prefix = nil
    self.device = device
    targetTensor = try Self.tensor(source.targets, isCategory, device)
    let (source, pipeline) = try Self.prepared(source, pipeline, threads: threads)
    let (byteSteps, floatSteps) = FloatSteps.split(pipeline)
    if let floatSteps, byteSteps.steps.isEmpty {
      let type = pipeline.input
      let pixels = try source.images(Array(0..<source.count)).withUnsafeBytes {
        try Tensor(
          bytes: $0, shape: [source.count, type.channels, type.height, type.width],
          dtype: .uint8, device: device)
      }
      storage = .resident(pixels, floatSteps)
    } else {
      storage = .images(BatchPrefetcher(source, byteSteps, threads: threads), floatSteps)
    }
  }

  /// The output of a frozen prefix for every example.
  package init(_ features: Features, of examples: ExampleSet, device: Device) throws {
    count = examples.count
    targets = examples.targets
    prefix = features.prefix
    self.device = device
    targetTensor = examples.targetTensor
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
  /// class numbers [batch], or numbers [batch, width].
  ///
  /// - Parameters:
  ///   - augmenting: the place in the training, for random transforms; `nil` while evaluating, when
  ///     they do nothing.
  ///   - format: how images had best lie in memory.
  package func batch(
    _ indices: some Collection<Int>, augmenting: Augmentation? = nil,
    format: MemoryFormat = .contiguous
  ) throws -> (inputs: Tensor, targets: Tensor) {
    let index = try Tensor(Array(indices), device: device)
    let targets = try targetTensor.indexSelect(dim: 0, index: index)
    switch storage {
    case .resident(let pixels, let steps):
      return (try steps.apply(pixels, index, format: format), targets)
    case .images(let images, let steps):
      let batch = try images.batch(Array(indices), augmenting)
      let type = batch.type
      let shape = [batch.count, type.channels, type.height, type.width]
      guard let steps else {
        return (try Tensor(batch.floats, shape: shape, device: device), targets)
      }
      let bytes = try Tensor(batch.bytes, shape: shape, device: device)
      let all = try Tensor(Array(0..<batch.count), device: device)
      return (try steps.apply(bytes, all, format: format), targets)
    case .features(let features): return (try features.batch(indices, device: device), targets)
    }
  }

  /// Says which batches an epoch will ask for, so that the next one can be made during a step.
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

extension ExampleSet {
  /// The images after those leading transforms that are done once, and the transforms that are left.
  private static func prepared(
    _ source: any ExampleSource, _ pipeline: TransformPipeline, threads: Int
  ) throws(DataError) -> (any ExampleSource, TransformPipeline) {
    let count = pipeline.keptCount(images: source.count)
    if count == 0 { return (source, pipeline) }
    let all = Array(0..<source.count)
    let first = pipeline.prefix(count)
    let result = first.apply(
      try source.batch(all, of: first.input), sampleIndices: all, augmenting: nil,
      threads: threads)
    let kept = ImagesInMemory(
      pixels: result.bytes, size: result.type.size, target: source.schema.target,
      targets: source.targets)
    return (kept, pipeline.dropFirst(count))
  }
}

extension ExampleSource {
  /// The images at `indices`, as bytes.
  func batch(_ indices: [Int], of type: ImageType) throws(DataError) -> ImageBatch {
    ImageBatch(type: type, count: indices.count, storage: .bytes(try images(indices)))
  }
}

@available(*, unavailable)
extension ExampleSet: Sendable {}
