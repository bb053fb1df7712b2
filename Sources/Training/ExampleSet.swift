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
  let source: Source

  enum Source {
    /// Bytes on the device.
    case resident(Tensor, FloatSteps)
    /// Bytes in memory, transformed batch by batch. The steps that LibTorch computes come last.
    case images(BatchAhead, FloatSteps?)
    case features(Features)
  }

  /// Images that are transformed whenever a batch is asked for.
  ///
  /// - Parameters:
  ///   - pipeline: ends with floats, which planning has proven.
  ///   - isCategory: whether the targets are class numbers.
  ///   - threads: for transforms that LibTorch does not compute.
  package init(
    _ images: LabelledImages, _ pipeline: TransformPipeline, isCategory: Bool = true,
    device: Device, threads: Int = 1
  ) throws {
    count = images.count
    targets = images.targets
    prefix = nil
    self.device = device
    targetTensor = try Self.tensor(images.targets, isCategory, device)
    let (images, pipeline) = Self.prepared(images, pipeline, threads: threads)
    let (byteSteps, floatSteps) = FloatSteps.split(pipeline)
    if let floatSteps, byteSteps.steps.isEmpty {
      let pixels = try images.pixels.withUnsafeBytes {
        try Tensor(
          bytes: $0, shape: [images.count, images.channels, images.height, images.width],
          dtype: .uint8, device: device)
      }
      source = .resident(pixels, floatSteps)
    } else {
      source = .images(BatchAhead(images, byteSteps, threads: threads), floatSteps)
    }
  }

  /// The output of a frozen prefix for every example.
  package init(_ features: Features, of examples: ExampleSet, device: Device) throws {
    count = examples.count
    targets = examples.targets
    prefix = features.prefix
    self.device = device
    targetTensor = examples.targetTensor
    source = .features(features)
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
  ///   - augmenting: the place in the training, for random transforms; nothing while evaluating, when
  ///     they do nothing.
  ///   - format: how images had best lie in memory.
  package func batch(
    _ indices: some Collection<Int>, augmenting: Augmentation? = nil,
    format: MemoryFormat = .contiguous
  ) throws -> (inputs: Tensor, targets: Tensor) {
    let index = try Tensor(Array(indices), device: device)
    let targets = try targetTensor.indexSelect(dim: 0, index: index)
    switch source {
    case .resident(let pixels, let steps):
      return (try steps.apply(pixels, index, format: format), targets)
    case .images(let images, let steps):
      let batch = images.batch(Array(indices), augmenting)
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
    if case .images(let images, _) = source { images.expect(batches, augmenting) }
  }

  /// Writes the examples at `indices` one after another, as `batch` gives them.
  func fill(
    _ indices: [Int], augmenting: Augmentation?, into memory: UnsafeMutableBufferPointer<Float>
  ) throws {
    if case .features(let features) = source {
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
    _ images: LabelledImages, _ pipeline: TransformPipeline, threads: Int
  ) -> (LabelledImages, TransformPipeline) {
    let count = pipeline.keptCount(images: images.count)
    if count == 0 { return (images, pipeline) }
    let all = Array(0..<images.count)
    let result = pipeline.prefix(count).apply(
      images.batch(all), sampleIndices: all, augmenting: nil, threads: threads)
    return (images.withPixels(result), pipeline.dropFirst(count))
  }
}

extension LabelledImages {
  /// The images at `indices`, as bytes.
  func batch(_ indices: some Collection<Int>) -> ImageBatch {
    let size = channels * height * width
    var bytes: [UInt8] = []
    if indices.count == count, indices.elementsEqual(0..<count) {
      bytes = pixels
    } else {
      bytes.reserveCapacity(indices.count * size)
      for index in indices { bytes += pixels[(index * size)..<((index + 1) * size)] }
    }
    return ImageBatch(
      type: ImageType(channels: channels, height: height, width: width, isFloat: false),
      count: indices.count, storage: .bytes(bytes))
  }

  fileprivate func withPixels(_ batch: ImageBatch) -> LabelledImages {
    LabelledImages(
      pixels: batch.bytes, channels: batch.type.channels, height: batch.type.height,
      width: batch.type.width, targets: targets)
  }
}

@available(*, unavailable)
extension ExampleSet: Sendable {}
