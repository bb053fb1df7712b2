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
  /// Whether the targets are boxes, which are drawn into the pictures.
  package let haveBoxes: Bool

  /// The longer side of pictures on the page, in pixels; thin lines need more.
  var side: Int { haveBoxes ? Self.boxedSide : ExampleImages.side }

  private static let boxedSide = 320

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
    haveBoxes = part.source.schema.target.kind.areBoxes
    let offsets = pictures.offsets
    var samples: [Sample] = []
    for (place, index) in indices.enumerated() {
      let pixels = Array(pictures.bytes[offsets[place]..<offsets[place + 1]])
      var epochs = batches.compactMap {
        Self.picture(Self.displayed($0, place, pipeline.steps), $0.type.size)
      }
      guard var original = Self.picture(pixels, pictures.sizes[place]),
        epochs.count == batches.count
      else {
        throw DataError(path: part.source.schema.input.name, reason: "holds an empty image")
      }
      if haveBoxes {
        let boxes = ImageBoxes(part.source.targets[index])
        original = Self.outlined(original, boxes.items.map(PlacedBox.init))
        for (number, epoch) in Self.epochs.enumerated() {
          let placed = try Self.boxes(
            boxes, index, pipeline, Augmentation(seed: seed, fold: fold, epoch: epoch))
          epochs[number] = Self.outlined(epochs[number], placed)
        }
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

  /// The boxes that a training is given.
  private static func boxes(
    _ image: ImageBoxes, _ index: Int, _ pipeline: TransformPipeline, _ augmentation: Augmentation
  ) throws(DataError) -> [PlacedBox] {
    do throws(TransformMismatch) {
      return try pipeline.forBoxes.apply(image, sampleIndex: index, augmenting: augmentation)
        .filter { !$0.traits.contains(.crowd) }
    } catch {
      throw DataError(path: "boxes", reason: error.message)
    }
  }

  /// The picture, as small as it is shown, with outlines of boxes.
  private static func outlined(_ picture: PixelImage, _ boxes: [PlacedBox]) -> PixelImage {
    var result = picture.shrunk(to: boxedSide)
    let (across, down) = (
      Double(result.width) / Double(picture.width), Double(result.height) / Double(picture.height)
    )
    for box in boxes {
      result.outline(
        (box.left * across, box.top * down, box.right * across, box.bottom * down),
        color: PixelImage.Color(class: box.label))
    }
    return result
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

extension PlacedBox {
  /// The box as it was annotated.
  fileprivate init(_ item: ImageBoxes.Item) {
    self.init(
      label: item.label, left: Double(item.x), top: Double(item.y),
      right: Double(item.x + item.width), bottom: Double(item.y + item.height), traits: item.traits)
  }
}
