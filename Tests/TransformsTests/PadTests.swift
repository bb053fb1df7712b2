import Testing

@testable import Transforms

@Suite struct PadTests {
  @Test(arguments: Golden.cases("pad")) func isTorchvision(golden: Golden) throws {
    golden.expect(try golden.planned(as: "pad"), tolerance: 0)
  }

  @Test func largestMirrorsFit() throws {
    let small = greyBytes.resized(2, 3)
    #expect(
      try Experiment.refusal("pad: {padding: [2, 1], padding_mode: reflect}", for: small) == "")
    #expect(
      try Experiment.refusal("pad: {padding: [3, 2], padding_mode: symmetric}", for: small) == "")
  }

  @Test func mistakesAreExplained() throws {
    #expect(
      try Experiment.refusal("pad: {padding: [17, 2], padding_mode: reflect}", for: greyBytes)
        == "padding: 'padding' of 17 is too large for reflect: the images have a width of 17, which "
        + "allows at most 16")
    #expect(
      try Experiment.refusal("pad: {padding: 14, padding_mode: symmetric}", for: greyBytes)
        == "padding: 'padding' of 14 is too large for symmetric: the images have a height of 13, "
        + "which allows at most 13")
    #expect(
      try Experiment.refusal("pad: [1, 2, 3]", for: greyBytes)
        == "padding: 'padding' takes 1, 2 or 4 numbers, found 3")
    #expect(
      try Experiment.refusal("pad: 16384", for: greyBytes)
        == "padding: 'padding' makes images of 32781×32785, but a side can have at most 16384 "
        + "pixels"
    )
    #expect(
      try Experiment.refusal("pad: {padding: 1, fill: 0.5}", for: greyBytes)
        == "fill: 'fill' is 0.5, but the images are bytes, whole numbers from 0 to 255 "
        + "(put to_tensor before it for floats)")
    #expect(
      try Experiment.refusal("pad: {padding: 1, fill: [1, 2]}", for: colourBytes)
        == "fill: 'fill' has 2 values, but the images have 3 channels")
  }
}
