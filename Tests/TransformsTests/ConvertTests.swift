import Testing

@testable import Transforms

@Suite struct ConvertTests {
  @Test(arguments: Golden.cases("convert")) func isTorchvision(golden: Golden) throws {
    golden.expect(try golden.planned(as: "convert"), tolerance: 0)
  }

  @Test func everyByteComesBack() throws {
    let type = ImageType(channels: 1, height: 16, width: 16, isFloat: false)
    let batch = ImageBatch(type: type, count: 1, storage: .bytes(Array(0...255)))
    for first in ["to_tensor", "convert: float32"] {
      let pipeline = try Experiment.pipeline([first, "convert: uint8"], for: type)
      #expect(pipeline.apply(batch, sampleIndices: [0], augmenting: nil) == batch)
    }
  }

  @Test func whatIsOutsideIsClipped() throws {
    let type = ImageType(channels: 1, height: 1, width: 5, isFloat: true)
    let batch = ImageBatch(
      type: type, count: 1, storage: .floats([-3, 7, .infinity, -.infinity, .nan]))
    let result = try Experiment.pipeline(["convert: uint8"], for: type)
      .apply(batch, sampleIndices: [0], augmenting: nil)
    #expect(result.bytes == [0, 255, 255, 0, 0])
  }

  @Test func mistakesAreExplained() throws {
    #expect(
      try Experiment.refusal("convert: uint8", for: greyBytes)
        == "dtype: the images are bytes already")
    #expect(
      try Experiment.refusal("convert: float32", for: greyFloats)
        == "dtype: the images are floats already")
  }
}
