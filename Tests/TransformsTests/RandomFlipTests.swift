import Testing

@testable import Transforms

@Suite struct RandomFlipTests {
  @Test(arguments: Golden.cases("flip")) func isTorchvision(golden: Golden) throws {
    let isHorizontal = golden.number("horizontal") == 1
    let name = isHorizontal ? "random_horizontal_flip" : "random_vertical_flip"
    let pipeline = try Experiment.pipeline(["\(name): 1"], for: golden.input.type)
    let augmentation = Augmentation(seed: 1, fold: 0, epoch: 1)
    golden.expect(
      pipeline.apply(golden.input, sampleIndices: [0], augmenting: augmentation), tolerance: 0)
    #expect(
      pipeline.apply(golden.input, sampleIndices: [0], augmenting: nil) == golden.input)
  }

  @Test(arguments: [0, 0.3, 0.5, 1]) func isAsLikelyAsItShould(p: Double) {
    let step = RandomFlipStep(isHorizontal: true, p: p)
    #expect(isFrequent((0..<20_000).count { step.draw(draws($0)) }, of: 20_000, p: p))
  }

  @Test func mistakesAreExplained() throws {
    #expect(
      try Experiment.refusal("random_horizontal_flip: 1.5", for: greyBytes)
        == "'p' must be at least 0 and at most 1, found 1.5")
  }
}
