import Testing

@testable import Transforms

@Suite struct GrayscaleTests {
  @Test(arguments: Golden.cases("grayscale")) func isTorchvision(golden: Golden) throws {
    golden.expect(try golden.planned(as: "grayscale"), tolerance: 1e-6)
  }

  @Test func mistakesAreExplained() throws {
    #expect(
      try Experiment.refusal("grayscale: 2", for: colourBytes)
        == "num_output_channels: 'num_output_channels' must be 1 or 3, found 2")
    let four = ImageType(channels: 4, height: 5, width: 5, isFloat: false)
    #expect(
      try Experiment.refusal("grayscale", for: four)
        == "'grayscale' needs grey images or 3 colour channels, but the images have 4")
  }
}
