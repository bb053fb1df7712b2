import Testing

@testable import Transforms

@Suite struct NormalizeTests {
  @Test(arguments: Golden.cases("normalize")) func isTorchvision(golden: Golden) throws {
    golden.expect(try golden.planned(as: "normalize"), tolerance: 0)
  }

  @Test func stepsKeepTheirMeaning() throws {
    #expect(try Experiment.step("to_tensor", for: greyBytes) == .scale)
    #expect(
      try Experiment.step("normalize: {mean: 0.5, std: [0.1, 0.2, 0.3]}", for: colourFloats)
        == .normalize(mean: [0.5, 0.5, 0.5], std: [0.1, 0.2, 0.3]))
  }

  @Test func mistakesAreExplained() throws {
    #expect(
      try Experiment.refusal("normalize: {mean: 0, std: 1}", for: greyBytes)
        == "'normalize' needs floats, but the images are bytes (put to_tensor before it)")
    #expect(
      try Experiment.refusal("normalize: {mean: [0, 1], std: 1}", for: colourFloats)
        == "mean: 'mean' has 2 values, but the images have 3 channels")
  }
}
