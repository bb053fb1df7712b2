import Testing

@testable import Transforms

@Suite struct CenterCropTests {
  @Test(arguments: Golden.cases("center_crop")) func isTorchvision(golden: Golden) throws {
    golden.expect(try golden.planned(as: "center_crop"), tolerance: 0)
  }

  @Test func mistakesAreExplained() throws {
    #expect(
      try Experiment.refusal("center_crop: 0", for: greyBytes)
        == "'size' must be at least 1 and at most 16384, found 0")
  }
}
