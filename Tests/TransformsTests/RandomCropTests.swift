import Testing

@testable import Transforms

@Suite struct RandomCropTests {
  /// The image that a crop of `size` with `padding` comes from, and all places it can have.
  @Test(arguments: [0, 2]) func everyPlaceIsEquallyLikely(padding: Int) throws {
    guard
      case .randomCrop(let step) = try Experiment.step(
        "random_crop: {size: [12, 15], padding: \(padding)}", for: greyBytes)
    else { return #expect(Bool(false)) }
    let padded = (height: 13 + 2 * padding, width: 17 + 2 * padding)
    let places = (padded.height - 12 + 1) * (padded.width - 15 + 1)
    var counts: [Int: Int] = [:]
    for sample in 0..<20_000 {
      let (top, left) = step.draw(draws(sample), padded: padded)
      #expect((0...padded.height - 12).contains(top))
      #expect((0...padded.width - 15).contains(left))
      counts[top * 1000 + left, default: 0] += 1
    }
    #expect(counts.count == places)
    #expect(counts.values.allSatisfy { isFrequent($0, of: 20_000, p: 1 / Double(places)) })
  }

  @Test(arguments: ["constant", "edge", "reflect", "symmetric"])
  func isAPartOfThePaddedImage(mode: String) throws {
    let image = Golden.sample([3, 13, 17], seed: 5)
    let padding = "padding: [3, 1, 2, 4], fill: 9, padding_mode: \(mode)"
    let padded = try Experiment.pipeline(["pad: {\(padding)}"], for: image.type)
      .apply(image, sampleIndices: [0], augmenting: nil)
    let pipeline = try Experiment.pipeline(
      ["random_crop: {size: [10, 11], \(padding)}"], for: image.type)
    guard case .randomCrop(let step) = pipeline.steps[0] else { return #expect(Bool(false)) }
    let augmentation = Augmentation(seed: 3, fold: 0, epoch: 1)
    for sample in 0..<20 {
      let (top, left) = step.draw(
        Draws(augmentation: augmentation, sample: sample, position: 0),
        padded: (padded.type.height, padded.type.width))
      let result = pipeline.apply(image, sampleIndices: [sample], augmenting: augmentation)
      #expect(result == part(of: padded, top, left, 10, 11))
    }
    // Evaluation takes the centre: (18 - 10) / 2 and (22 - 11) / 2 = 5.5, rounded to the even 6.
    #expect(
      pipeline.apply(image, sampleIndices: [0], augmenting: nil)
        == part(of: padded, 4, 6, 10, 11))
  }

  private func part(
    of image: ImageBatch, _ top: Int, _ left: Int, _ height: Int, _ width: Int
  ) -> ImageBatch {
    var bytes: [UInt8] = []
    for channel in 0..<image.type.channels {
      for row in top..<top + height {
        let start = (channel * image.type.height + row) * image.type.width + left
        bytes += image.bytes[start..<start + width]
      }
    }
    return ImageBatch(
      type: image.type.resized(height, width), count: 1, storage: .bytes(bytes))
  }

  @Test func mistakesAreExplained() throws {
    #expect(
      try Experiment.refusal("random_crop: 14", for: greyBytes)
        == "size: 'size' of 14×14 is larger than the images of 13×17 (set padding)")
    #expect(
      try Experiment.refusal("random_crop: {size: 20, padding: 2}", for: greyBytes)
        == "size: 'size' of 20×20 is larger than the images of 17×21 with their padding "
        + "(raise padding)")
    #expect(
      try Experiment.refusal(
        "random_crop: {size: 8, padding: 13, padding_mode: reflect}", for: greyBytes)
        == "padding: 'padding' of 13 is too large for reflect: the images have a height of 13, which "
        + "allows at most 12")
  }
}
