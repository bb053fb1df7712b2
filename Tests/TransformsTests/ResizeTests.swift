import Testing

@testable import Transforms

@Suite struct ResizeTests {
  @Test(arguments: Golden.cases("resize")) func isTorchvision(golden: Golden) throws {
    golden.expect(try golden.planned(as: "resize"))
  }

  @Test(arguments: [
    ("resize: 20", 20, 26), ("resize: [5, 6]", 5, 6), ("resize: {size: 13}", 13, 17),
  ])
  func sizeIsPlanned(text: String, height: Int, width: Int) throws {
    #expect(
      try Experiment.pipeline([text], for: greyBytes).output == greyBytes.resized(height, width))
  }

  @Test func mistakesAreExplained() throws {
    #expect(
      try Experiment.refusal("resize: {size: 20, antialias: false}", for: greyBytes)
        == "antialias: 'antialias' cannot be false on bytes, which are resampled as Pillow does "
        + "(put to_tensor before it)")
    #expect(
      try Experiment.refusal("resize: 16384", for: greyBytes)
        == "size: 'size' makes images of 16384×21425, but a side can have at most 16384 pixels")
    #expect(
      try Experiment.refusal("resize: 16385", for: greyBytes)
        == "'size' must be at least 1 and at most 16384, found 16385")
    #expect(
      try Experiment.refusal("resize: {size: 8, interpolation: lanczos}", for: greyBytes)
        == "expected one of nearest, bilinear, bicubic for 'interpolation', found 'lanczos'")
  }
}
