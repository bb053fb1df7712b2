import DataAnalysis
import DataSchema
import PNGImage
import Transforms

/// Training examples as they are, and as the first epochs of a training use them: with the same random draws.
package struct TransformedSamples: Sendable {
  /// An example and its pictures.
  package struct Sample: Sendable {
    package let place: ExamplePlace
    package let original: PixelImage
    /// One for each epoch, without the normalisation.
    package let epochs: [PixelImage]
  }

  /// Examples that are shown.
  package static let count = 8
  /// Epochs that are shown, counted from 1.
  package static let epochs = [1, 2, 3]

  package let samples: [Sample]
  package let list: SampleList

  /// - Parameters:
  ///   - part: the training examples; the indices of its source are those of the training.
  ///   - pipeline: all transforms, with the values of normalisations filled in.
  ///   - fold: 0 without folds.
  /// - Throws: ``DataError`` if an example cannot be read, or a transform does not fit it.
  package init(
    _ part: DataPart, _ pipeline: TransformPipeline, seed: UInt64, fold: Int
  ) throws(DataError) {
    let indices = Self.chosen(part)
    let pictures = try part.source.pictures(indices)
    var batches: [ImageBatch] = []
    for epoch in Self.epochs {
      batches.append(
        try pipeline.apply(
          to: part.source, indices,
          augmenting: Augmentation(seed: seed, fold: fold, epoch: epoch), threads: 1))
    }
    let offsets = pictures.offsets
    var samples: [Sample] = []
    for (place, index) in indices.enumerated() {
      let pixels = Array(pictures.bytes[offsets[place]..<offsets[place + 1]])
      let (size, epochs) = (
        pictures.sizes[place],
        batches.compactMap { Self.picture(Self.displayed($0, place, pipeline.steps), $0.type.size) }
      )
      guard let original = Self.picture(pixels, size), epochs.count == batches.count else {
        throw DataError(path: part.source.schema.input.name, reason: "holds an empty image")
      }
      samples.append(Sample(place: ExamplePlace(part, index), original: original, epochs: epochs))
    }
    self.samples = samples
    list = SampleList(
      examples: samples.map(\.place), seed: seed, fold: fold, epochs: Self.epochs,
      isNormalised: pipeline.steps.contains { if case .normalize = $0 { true } else { false } })
  }

  /// The first examples of each class in turn; without classes the first of all.
  private static func chosen(_ part: DataPart) -> [Int] {
    guard case .category = part.source.schema.target.kind else {
      return Array(part.indices.prefix(count))
    }
    var turns: [Float: Int] = [:]
    var waiting: [(turn: Int, index: Int)] = []
    for index in part.indices {
      let target = part.source.targets[index].first ?? 0
      let turn = turns[target, default: 0]
      if turn >= count { continue }
      turns[target] = turn + 1
      waiting.append((turn, index))
    }
    return waiting.sorted { ($0.turn, $0.index) < ($1.turn, $1.index) }.prefix(count).map(\.index)
      .sorted()
  }

  private static func picture(_ pixels: [UInt8], _ size: ImageSize) -> PixelImage? {
    PixelImage(planar: pixels, width: size.width, height: size.height, channels: size.channels)
  }

  /// The bytes of one image of a batch, after undoing normalisations, the last one first.
  static func displayed(_ batch: ImageBatch, _ place: Int, _ steps: [TransformStep]) -> [UInt8] {
    let range = (place * batch.type.elementCount)..<((place + 1) * batch.type.elementCount)
    guard batch.type.isFloat else { return Array(batch.bytes[range]) }
    var values = Array(batch.floats[range])
    let area = batch.type.height * batch.type.width
    for case .normalize(let mean, let std) in steps.reversed() {
      for index in values.indices {
        // One value stands for all channels.
        let channel = index / area
        let (center, scale) = (
          mean.count == 1 ? mean[0] : mean.indices.contains(channel) ? mean[channel] : 0,
          std.count == 1 ? std[0] : std.indices.contains(channel) ? std[channel] : 1
        )
        values[index] = values[index] * scale + center
      }
    }
    return values.map { $0.isFinite ? UInt8((min(1, max(0, $0)) * 255).rounded()) : 0 }
  }
}
