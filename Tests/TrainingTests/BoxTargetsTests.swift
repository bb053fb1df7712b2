import DataSchema
import ExampleStore
import TestSupport
import Testing
import Torch

@testable import Training
@testable import Transforms

/// The boxes that a detector is trained on follow its images, wherever these are kept.
@Suite struct BoxTargetsTests {
  private static let size = ImageSize(channels: 3, height: 40, width: 60)
  private static let count = 6

  /// Images that are decoded whenever they are read.
  private struct Decoded: ExampleSource {
    let images: ImagesInMemory

    var schema: DataSchema { images.schema }
    var count: Int { images.count }
    var fingerprint: String { images.fingerprint }
    var targets: Targets { images.targets }
    var isInMemory: Bool { false }
    var imageSizes: [ImageSize]? { Array(repeating: images.size, count: count) }

    func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
      try images.read(indices, into: &batch)
    }
  }

  private static func rows() -> [ImageBoxes] {
    (0..<count).map { index in
      ImageBoxes(
        width: size.width, height: size.height,
        [
          ImageBoxes.Item(label: 1, x: Float(2 * index), y: 4, width: 20, height: 10),
          ImageBoxes.Item(label: 0, x: 30, y: 10, width: 10, height: 10, traits: .crowd),
          ImageBoxes.Item(label: 2, x: 50, y: 30, width: 20, height: 8, traits: .difficult),
        ].dropLast(index % 2))
    }
  }

  private static func images() -> ImagesInMemory {
    ImagesInMemory(
      pixels: (0..<(count * size.count)).map { UInt8(truncatingIfNeeded: $0 * 7) }, size: size,
      target: DataField("boxes", .boxes(BoxClasses(["a", "b", "c"], ids: [1, 2, 3], most: 3))),
      targets: Targets(rows().flatMap { $0.row(3) }, width: ImageBoxes.rowWidth(3)))
  }

  private static func pipeline() -> TransformPipeline {
    TransformPipeline(
      input: ImageType(size),
      steps: [
        .resize(ResizeStep(height: 20, width: 90, interpolation: .bilinear, antialias: true)),
        .randomFlip(RandomFlipStep(isHorizontal: true, p: 0.5)), .scale,
      ])
  }

  private static let place = Augmentation(seed: 3, fold: 0, epoch: 2)

  @Test(arguments: ["memory", "kept", "store"], [true, false])
  func boxesFollowTheWholePipeline(kept: String, isTraining: Bool) throws {
    let folder = try TemporaryFolder()
    var loading = ExampleLoading()
    if kept == "store" { loading.store = PackStore(folder: folder.path, limit: 1 << 24) }
    let source: any ExampleSource =
      kept == "memory" ? Self.images() : Decoded(images: Self.images())
    let examples = try ExampleSet(
      source, Self.pipeline(), isCategory: false, device: .cpu, loading: loading)
    let indices = [4, 1, 0, 5]
    let augmentation = isTraining ? Self.place : nil
    let batch = try examples.load(indices, augmenting: augmentation)
    #expect(batch.inputs.shape == [4, 3, 20, 90] && batch.targets.shape == [4, 3, 5])
    let expected = try Self.pipeline().forBoxes.targets(
      indices.map { Self.rows()[$0] }, most: 3, sampleIndices: indices, augmenting: augmentation)
    #expect(try batch.targets.floats() == expected)
    #expect(
      batch.placements
        == Array(
          repeating: ImagePlacement(
            scaleX: 1.5, scaleY: 0.5, offsetX: 0, offsetY: 0, width: 60, height: 40), count: 4))
    // The crowd is left out, and the last box is cut off at the border.
    let first = Array(expected[0..<15])
    if !isTraining { #expect(first == [1, 12, 2, 42, 7, 2, 75, 15, 90, 19, -1, 0, 0, 0, 0]) }
    // As annotated, for the scores.
    #expect(ImageBoxes(examples.targets[4]) == Self.rows()[4])
  }

  @Test func flipsAreThoseOfTheImages() throws {
    let examples = try ExampleSet(
      Self.images(), Self.pipeline(), isCategory: false, device: .cpu)
    let all = Array(0..<Self.count)
    let plain = try examples.load(all)
    let drawn = try examples.load(all, augmenting: Self.place)
    let (before, after) = (try plain.inputs.floats(), try drawn.inputs.floats())
    let (boxes, moved) = (try plain.targets.floats(), try drawn.targets.floats())
    var flips = 0
    for index in all {
      let range = (index * 5400)..<((index + 1) * 5400)
      let isFlipped = before[range] != after[range]
      flips += isFlipped ? 1 : 0
      let (left, right) = (boxes[index * 15 + 1], boxes[index * 15 + 3])
      #expect(
        Array(moved[(index * 15 + 1)..<(index * 15 + 4)].enumerated().filter { $0.0 != 1 }.map(\.1))
          == (isFlipped ? [90 - right, 90 - left] : [left, right]))
    }
    #expect((1..<Self.count).contains(flips))
  }

  /// Images to predict have no boxes, but a place.
  @Test func imagesWithoutBoxesArePlaced() throws {
    let images = Self.images().withoutBoxes
    let examples = try ExampleSet(images, Self.pipeline(), isCategory: false, device: .cpu)
    let batch = try examples.load([2])
    #expect(
      try batch.targets.floats() == Array(repeating: [-1, 0, 0, 0, 0], count: 3).flatMap { $0 })
    #expect(batch.placements.map(\.width) == [60] && batch.placements.map(\.scaleY) == [0.5])
  }
}

extension ImagesInMemory {
  fileprivate var withoutBoxes: ImagesInMemory {
    ImagesInMemory(
      pixels: pixels, size: size, target: schema.target,
      targets: Targets(
        (0..<count).flatMap { _ in ImageBoxes(width: size.width, height: size.height, []).row(3) },
        width: targets.width))
  }
}
