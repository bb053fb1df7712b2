import Testing

@testable import Transforms

@Suite struct ToTensorTests {
  @Test(arguments: Golden.cases("to_tensor")) func isTorchvision(golden: Golden) throws {
    golden.expect(try golden.planned(as: "to_tensor"), tolerance: 0)
  }

  @Test func mistakesAreExplained() throws {
    #expect(
      try Experiment.refusal("to_tensor", for: greyFloats) == "the images are floats already")
  }
}
