import Testing

@testable import Transforms

@Suite struct RandomResizedCropTests {
  @Test(arguments: Golden.cases("resized_crop") + Golden.cases("resized_crop_strip"))
  func isTorchvision(golden: Golden) {
    let box = golden.numbers("box").map { Int($0) }
    let size = golden.numbers("size").map { Int($0) }
    let step = Self.step(
      size[0], size[1], interpolation: golden.interpolation,
      antialias: golden.number("antialias") == 1)
    let part = ImagePart(top: box[0], left: box[1], height: box[2], width: box[3])
    golden.expect(
      golden.applying(scratch: step.prepare(for: golden.input.type).scratchSize) {
        step.resampling(of: part).apply($0, $1, $2)
      })
  }

  @Test(arguments: Golden.cases("resized_crop_evaluation"))
  func evaluationCoversTheSizeAndTakesTheCentre(golden: Golden) throws {
    golden.expect(try golden.planned(as: "random_resized_crop"))
  }

  /// Without a square to follow: the same as `resize` with the longer side of the two, then `center_crop`.
  @Test(arguments: [(12, 20, 15, 20), (10, 4, 10, 13), (26, 34, 26, 34), (5, 17, 13, 17)])
  func evaluationFollowsTheProportions(h: Int, w: Int, coverHeight: Int, coverWidth: Int) throws {
    for isFloat in [false, true] {
      let image = Golden.sample([3, 13, 17], seed: 6, isFloat: isFloat)
      func result(_ transforms: [String]) throws -> ImageBatch {
        try Experiment.pipeline(transforms, for: image.type)
          .apply(image, sampleIndices: [0], augmenting: nil)
      }
      #expect(
        try result(["random_resized_crop: [\(h), \(w)]"])
          == result(["resize: [\(coverHeight), \(coverWidth)]", "center_crop: [\(h), \(w)]"]))
    }
  }

  @Test(arguments: Golden.cases("resized_crop_parts")) func partsAreTorchvisions(golden: Golden) {
    let row = golden.numbers("row")
    if golden.text("form") == "sides" {
      let side = RandomResizedCropStep.side(area: row[0], ratio: row[1])
      #expect([side.height, side.width] == row[2...].map { Int($0) })
    } else {
      let part = Self.step(1, 1).centralPart(height: Int(row[0]), width: Int(row[1]))
      #expect([part.top, part.left, part.height, part.width] == row[2...].map { Int($0) })
    }
  }

  @Test func partsAreWithinTheirRanges() {
    let step = Self.step(8, 8)
    let parts = (0..<20_000).map { step.draw(draws($0), height: 100, width: 120) }
    for part in parts {
      #expect(part.top >= 0 && part.top + part.height <= 100 && part.height > 0)
      #expect(part.left >= 0 && part.left + part.width <= 120 && part.width > 0)
      let ratio = Double(part.width) / Double(part.height)
      #expect(ratio > 0.72 && ratio < 1.39)
      #expect(Double(part.height * part.width) / 12_000 > 0.075)
    }
    // Squares of up to a quarter always fit, so that their area is drawn evenly.
    let squares = RandomResizedCropStep(
      height: 1, width: 1, scale: ValueRange(0.05, 0.25), ratio: ValueRange(1, 1),
      interpolation: .bilinear, antialias: true)
    let drawn = (0..<20_000).map { squares.draw(draws($0), height: 1000, width: 1000) }
    let areas = drawn.map { Double($0.height * $0.width) / 1e6 }
    #expect(abs(areas.reduce(0, +) / 20_000 - 0.15) < 0.0025)
    // Centres are even around the middle of the image.
    let centres = drawn.map { Double($0.top) + Double($0.height) / 2 }
    #expect(abs(centres.reduce(0, +) / 20_000 - 500) < 8)
    // Ratios are even on a logarithmic scale: in a square as many below 1 as above.
    let square = (0..<20_000).map { step.draw(draws($0), height: 500, width: 500) }
    let wide = square.count { $0.width > $0.height } - square.count { $0.width < $0.height }
    #expect(abs(wide) < 700)
  }

  @Test func whatFitsNowhereIsTheCentre() {
    let step = RandomResizedCropStep(
      height: 1, width: 1, scale: ValueRange(0, 0), ratio: ValueRange(1, 1),
      interpolation: .bilinear, antialias: true)
    #expect(
      step.draw(draws(1), height: 10, width: 16)
        == ImagePart(top: 0, left: 3, height: 10, width: 10))
  }

  /// A training image is the part that was drawn, cropped and resized.
  @Test func trainingResizesThePartThatIsDrawn() throws {
    let image = Golden.sample([3, 40, 33], seed: 12)
    let pipeline = try Experiment.pipeline(["random_resized_crop: [9, 14]"], for: image.type)
    guard case .randomResizedCrop(let step) = pipeline.steps[0] else {
      return #expect(Bool(false))
    }
    #expect(pipeline.steps[0].isResizing && pipeline.steps[0].isRandom)
    for sample in 0..<20 {
      let part = step.draw(draws(sample), height: 40, width: 33)
      let cropped = image.cropped(part)
      let expected = try Experiment.pipeline(["resize: [9, 14]"], for: cropped.type)
        .apply(cropped, sampleIndices: [0], augmenting: nil)
      #expect(
        pipeline.apply(
          image, sampleIndices: [sample], augmenting: draws(sample).augmentation) == expected)
    }
  }

  @Test func mistakesAreExplained() throws {
    #expect(
      try Experiment.refusal("random_resized_crop: {size: 8, scale: [1, 0.5]}", for: greyBytes)
        == "scale: 'scale' is an empty range, from 1 to 0.5 (write [0.5, 1])")
    #expect(
      try Experiment.refusal("random_resized_crop: {size: 8, ratio: [2, 1]}", for: greyBytes)
        == "ratio: 'ratio' is an empty range, from 2 to 1 (write [1, 2])")
    #expect(
      try Experiment.refusal("random_resized_crop: {size: 8, scale: [0.5, 2]}", for: greyBytes)
        == "'scale' must be at least 0 and at most 1, found 2")
    #expect(
      try Experiment.refusal("random_resized_crop: {size: 8, antialias: false}", for: greyBytes)
        == "antialias: 'antialias' cannot be false on bytes, which are resampled as Pillow does "
        + "(put to_tensor before it)")
    #expect(
      try Experiment.refusal("random_resized_crop: 16385", for: greyBytes)
        == "'size' must be at least 1 and at most 16384, found 16385")
  }

  private static func step(
    _ height: Int, _ width: Int, interpolation: Interpolation = .bilinear, antialias: Bool = true
  ) -> RandomResizedCropStep {
    RandomResizedCropStep(
      height: height, width: width, scale: ValueRange(0.08, 1), ratio: ValueRange(0.75, 4.0 / 3),
      interpolation: interpolation, antialias: antialias)
  }
}

extension ImageBatch {
  /// A part of a single image of bytes.
  fileprivate func cropped(_ part: ImagePart) -> ImageBatch {
    var result: [UInt8] = []
    for channel in 0..<type.channels {
      for row in part.top..<part.top + part.height {
        let start = (channel * type.height + row) * type.width + part.left
        result += bytes[start..<start + part.width]
      }
    }
    return ImageBatch(
      type: type.resized(part.height, part.width), count: 1, storage: .bytes(result))
  }
}
