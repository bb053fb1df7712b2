import DataSchema
import Datasets
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
  private let targetTensor: Tensor
  private let device: Device
  let storage: Storage

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
    targetTensor = try Self.tensor(source.targets, isCategory, device)
    guard let pipeline else {
      storage = .vectors(try Self.vectors(source, device))
      return
    }
    let (source, rest) = try loading.prepared(source, pipeline, threads: threads)
    let (byteSteps, floatSteps) = FloatSteps.split(rest)
    if let floatSteps, byteSteps.steps.isEmpty, source.isInMemory {
      let type = rest.input
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

  /// All vectors of a source, [count, size].
  private static func vectors(_ source: any ExampleSource, _ device: Device) throws -> Tensor {
    let name = source.schema.input.name
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
  ///   - augmenting: the place in the training, for random transforms; `nil` for evaluation, in which
  ///     they do nothing.
  ///   - format: the memory format of images that suits the model.
  package func batch(
    _ indices: some Collection<Int>, augmenting: Augmentation? = nil,
    format: MemoryFormat = .contiguous
  ) throws -> (inputs: Tensor, targets: Tensor) {
    let index = try Tensor(Array(indices), device: device)
    let targets = try targetTensor.indexSelect(dim: 0, index: index)
    switch storage {
    case .vectors(let vectors): return (try vectors.indexSelect(dim: 0, index: index), targets)
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

@available(*, unavailable)
extension ExampleSet: Sendable {}
