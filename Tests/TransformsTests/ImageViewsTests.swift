import DataSchema
import Testing

@testable import Transforms

@Suite struct ImageViewsTests {
  @Test(arguments: Golden.cases("views")) func cropsAreTorchvisions(golden: Golden) throws {
    let size = golden.numbers("size").map { Int($0) }
    let index = Int(golden.number("index"))
    let pipeline = TransformPipeline(
      input: golden.input.type,
      steps: [.centerCrop(CenterCropStep(height: size[0], width: size[1]))])
    let ten = try pipeline.views(.tenCrop)
    #expect(ten.count == ImageViews.tenCrop.count)
    golden.expect(apply(ten[index], golden.input), tolerance: 0)
    if index < 5 {
      let five = try pipeline.views(.fiveCrop)
      #expect(five.count == ImageViews.fiveCrop.count)
      golden.expect(apply(five[index], golden.input), tolerance: 0)
    }
  }

  @Test func aMirroredViewIsMirroredBeforeItBecomesFloats() throws {
    let pipeline = try Experiment.pipeline(["resize: 6", "to_tensor"], for: colourBytes)
    let views = try pipeline.views(.flip)
    #expect(views.count == 2)
    let input = Golden.sample([3, 13, 17], seed: 3)
    let (plain, mirrored) = (apply(views[0], input), apply(views[1], input))
    #expect(plain.floats != mirrored.floats)
    let width = plain.type.width
    let rows = stride(from: 0, to: plain.floats.count, by: width)
    #expect(
      mirrored.floats == rows.flatMap { plain.floats[$0..<($0 + width)].reversed() })
    #expect(views[1].steps[1] == .mirror(MirrorStep()))
  }

  /// The crop may be one of the steps that make sizes equal.
  @Test func imagesOfSeveralSizesAreCroppedInTheirOwnCorners() throws {
    let crop = try Experiment.transforms(["center_crop: 4"])
    let sizes = [
      ImageSize(channels: 1, height: 6, width: 9), ImageSize(channels: 1, height: 8, width: 5),
    ]
    let mixed = MixedSizes(
      channels: 1, sizes: sizes.map { MixedSizes.Size(height: $0.height, width: $0.width) })
    let pipeline = TransformPipeline(try Sizing.plan(crop, for: mixed), steps: [])
    let views = try pipeline.views(.fiveCrop)
    let bytes = sizes.map { size in
      Golden.sample([1, size.height, size.width], seed: size.height).bytes
    }
    let pictures = Pictures(bytes: bytes.flatMap { $0 }, sizes: sizes)
    // The bottom right corner of each.
    let corner = try views[3].apply(pictures, sampleIndices: [0, 1], augmenting: nil)
    let expected = zip(sizes, bytes).flatMap { size, bytes in
      (size.height - 4..<size.height).flatMap { row in
        bytes[(row * size.width + size.width - 4)..<(row * size.width + size.width)]
      }
    }
    #expect(corner.bytes == expected)
  }

  @Test func cropsNeedACropAndRoomForIt() throws {
    let none = #expect(throws: TransformMismatch.self) {
      try Experiment.pipeline(["resize: 8"], for: greyBytes).views(.fiveCrop)
    }
    #expect(
      none?.message
        == "the transforms have no center_crop that crops of the corners could replace")
    let small = #expect(throws: TransformMismatch.self) {
      try Experiment.pipeline(["center_crop: 14"], for: greyBytes).views(.tenCrop)
    }
    #expect(
      small?.message.hasPrefix("images of 1×13×17 are smaller than the crop of 14×14") == true)
    #expect(try Experiment.pipeline(["center_crop: 14"], for: greyBytes).views(.flip).count == 2)
  }

  private func apply(_ pipeline: TransformPipeline, _ input: ImageBatch) -> ImageBatch {
    pipeline.apply(input, sampleIndices: [0], augmenting: nil)
  }
}
