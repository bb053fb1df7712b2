import Testing

@testable import Transforms

/// `random_invert`, `random_posterize`, `random_solarize`, `random_autocontrast`, `random_equalize` and
/// `random_adjust_sharpness`.
@Suite struct RandomOperationTests {
  @Test(arguments: Golden.cases("tones")) func isTorchvision(golden: Golden) {
    let value = golden.number("value")
    let operation: PixelOperation =
      switch golden.text("operation") {
      case "invert": .invert
      case "autocontrast": .autocontrast
      case "equalize": .equalize
      case "posterize": .posterize(bits: Int(value))
      case "solarize": .solarize(threshold: value)
      default: .sharpness(factor: value)
      }
    let isDivided = golden.arguments["divided"] != nil
    golden.expect(
      golden.applying { input, output in
        guard isDivided else { return operation.apply(input, output) }
        // make_augmentations.py divides these images by 3 first.
        var bytes = (0..<input.type.elementCount).map { input.bytes[$0] / 3 }
        bytes.withUnsafeMutableBytes { bytes in
          guard let base = bytes.baseAddress else { return }
          operation.apply(Pixels(type: input.type, base: base), output)
        }
      })
  }

  @Test(arguments: [
    ("random_invert: 0.2", PixelOperation.invert, 0.2), ("random_invert", .invert, 0.5),
    ("random_posterize: {bits: 3, p: 0.9}", .posterize(bits: 3), 0.9),
    ("random_solarize: 100.5", .solarize(threshold: 100.5), 0.5),
    ("random_autocontrast: 1", .autocontrast, 1), ("random_equalize: 0", .equalize, 0),
    ("random_adjust_sharpness: {sharpness_factor: 2, p: 0.1}", .sharpness(factor: 2), 0.1),
  ])
  func isPlannedAsWritten(text: String, operation: PixelOperation, p: Double) throws {
    #expect(
      try Experiment.step(text, for: colourBytes)
        == .randomOperation(RandomOperationStep(operation: operation, p: p)))
  }

  @Test(arguments: [0.0, 0.3, 1.0]) func isAsLikelyAsItShould(p: Double) throws {
    let step = RandomOperationStep(operation: .invert, p: p)
    #expect(isFrequent((0..<20_000).count { step.draw(draws($0)) }, of: 20_000, p: p))
  }

  @Test func changesOnlyWhatIsDrawn() throws {
    let image = Golden.sample([3, 13, 17], seed: 5)
    let pipeline = try Experiment.pipeline(["random_invert"], for: image.type)
    let step = RandomOperationStep(operation: .invert, p: 0.5)
    let inverted = ImageBatch(
      type: image.type, count: 1, storage: .bytes(image.bytes.map { 255 - $0 }))
    for sample in 0..<20 {
      let result = pipeline.apply(
        image, sampleIndices: [sample], augmenting: draws(sample).augmentation)
      #expect(result == (step.draw(draws(sample)) ? inverted : image))
    }
    #expect(pipeline.apply(image, sampleIndices: [0], augmenting: nil) == image)
  }

  @Test func mistakesAreExplained() throws {
    #expect(
      try Experiment.refusal("random_posterize: 0", for: greyBytes)
        == "'bits' must be at least 1 and at most 8, found 0")
    #expect(
      try Experiment.refusal("random_solarize: 256", for: greyBytes)
        == "'threshold' must be at least 0 and at most 255, found 256")
    #expect(
      try Experiment.refusal("random_solarize: 127.5", for: greyFloats)
        == "threshold: 'threshold' is 127.5, but the images are floats from 0 to 1 (write 0.5)")
    #expect(
      try Experiment.refusal("random_adjust_sharpness: -1", for: greyBytes)
        == "'sharpness_factor' must be at least 0 and at most 1000, found -1")
    #expect(
      try Experiment.refusal("random_equalize: 1.5", for: greyBytes)
        == "'p' must be at least 0 and at most 1, found 1.5")
  }
}
