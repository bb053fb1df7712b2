import DataSchema
import Testing

@testable import Transforms

/// Images that are decoded smaller because they are resized anyway.
@Suite struct ReductionTests {
  private static func size(_ height: Int, _ width: Int) -> ImageSize {
    ImageSize(channels: 3, height: height, width: width)
  }

  @Test(arguments: [
    // All rows and columns of the resized image are still there.
    (ResizedSize.exact(height: 224, width: 224), 500, 375, 1),
    (.exact(height: 224, width: 224), 3000, 4000, 8),
    (.exact(height: 224, width: 224), 448, 4000, 2),
    (.exact(height: 224, width: 224), 447, 447, 2),
    (.exact(height: 224, width: 224), 446, 4000, 1),
    (.exact(height: 224, width: 224), 224, 224, 1),
    (.exact(height: 224, width: 224), 100, 4000, 1),
    (.exact(height: 1, width: 1), 1, 1, 8),
    (.shorterSide(256), 375, 500, 1), (.shorterSide(256), 768, 1024, 2),
    (.shorterSide(256), 1024, 768, 2), (.shorterSide(256), 3000, 4000, 8),
    (.shorterSide(256), 200, 300, 1),
  ])
  func theScaleLeavesEnough(target: ResizedSize, height: Int, width: Int, divisor: Int) {
    let reduction = ImageReduction(to: target)
    let scale = reduction.scale(of: Self.size(height, width))
    #expect(scale.divisor == divisor)
    // Turned images too.
    if case .shorterSide = target {
      #expect(reduction.scale(of: Self.size(width, height)) == scale)
    }
  }

  /// A pipeline for images of one size or of several, and its transforms.
  private func pipeline(_ texts: [String], _ sizes: [ImageSize]) throws -> TransformPipeline {
    let transforms = try Experiment.transforms(texts)
    if sizes.count == 1 {
      return try Experiment.pipeline(texts, for: ImageType(sizes[0])).reducing(for: transforms)
    }
    let sizing = try Sizing.plan(
      transforms,
      for: MixedSizes(
        channels: 3, sizes: sizes.map { MixedSizes.Size(height: $0.height, width: $0.width) }))
    var type = sizing.output
    let steps = try transforms.dropFirst(sizing.steps.count).map { transform in
      let planned = try transform.plan(type)
      type = planned.output
      return planned.step
    }
    return try TransformPipeline(sizing, steps: steps).reducing(for: transforms)
  }

  private func picture(_ size: ImageSize) -> [UInt8] {
    Golden.sample([size.channels, size.height, size.width], seed: 3).bytes
  }

  private static let sizes = [size(40, 60), size(61, 33), size(20, 20)]

  /// The exact size is that of the whole image, and the pixels are the resized ones of the small image.
  @Test(arguments: [[sizes[0]], sizes])
  func smallerImagesAreResizedTheRestOfTheWay(sizes: [ImageSize]) throws {
    let texts = ["resize: 10", "center_crop: 9", "random_horizontal_flip", "to_tensor"]
    let pipeline = try pipeline(texts, sizes)
    let reduction = try #require(pipeline.reduction)
    let decoded = sizes.map { reduction.scale(of: $0).size(of: $0) }
    #expect(decoded[0] == Self.size(10, 15))
    let pictures = Pictures(
      bytes: decoded.flatMap(picture), sizes: decoded, originals: sizes)
    let indices = Array(sizes.indices)
    let augmentation = Augmentation(seed: 5, fold: 0, epoch: 2)
    for augmenting in [nil, augmentation] {
      let result = try pipeline.apply(pictures, sampleIndices: indices, augmenting: augmenting)
      #expect(result.type == pipeline.output && result.count == sizes.count)
      for (index, size) in sizes.enumerated() {
        let target = ResizedSize.shorterSide(10).of(height: size.height, width: size.width)
        let own = try Experiment.pipeline(
          ["resize: [\(target.height), \(target.width)]"] + texts.dropFirst(),
          for: ImageType(decoded[index]))
        let expected = own.apply(
          ImageBatch(
            type: own.input, count: 1, storage: .bytes(picture(decoded[index]))),
          sampleIndices: [index], augmenting: augmenting)
        let count = pipeline.output.elementCount
        #expect(Array(result.floats[index * count..<(index + 1) * count]) == expected.floats)
      }
    }
  }

  @Test func wholeImagesAreTransformedAsBefore() throws {
    let texts = ["grayscale: 3", "resize: [9, 7]", "to_tensor"]
    let transforms = try Experiment.transforms(texts)
    let exact = try Experiment.pipeline(texts, for: ImageType(Self.sizes[0]))
    let fast = try exact.reducing(for: transforms)
    let pictures = Pictures(bytes: picture(Self.sizes[0]), size: Self.sizes[0])
    #expect(
      try fast.apply(pictures, sampleIndices: [0], augmenting: nil)
        == exact.apply(pictures, sampleIndices: [0], augmenting: nil))
    #expect(exact.reduction == nil && fast.decodingWhole.reduction == nil)
  }

  /// What is kept of one is never taken for the other, and the steps after the resizing are the same.
  @Test func fingerprintsDiffer() throws {
    let texts = ["resize: [9, 7]", "center_crop: 5", "to_tensor"]
    for sizes in [[Self.sizes[0]], Self.sizes] {
      let fast = try pipeline(texts, sizes)
      let exact = fast.decodingWhole
      #expect(fast.fingerprintText != exact.fingerprintText)
      for count in max(1, fast.sizingCount)...3 {
        #expect(fast.prefix(count).reduction == fast.reduction)
        #expect(fast.prefix(count).fingerprintText != exact.prefix(count).fingerprintText)
        #expect(fast.dropFirst(count).reduction == nil)
        #expect(fast.dropFirst(count).fingerprintText == exact.dropFirst(count).fingerprintText)
      }
      #expect(try fast.views(.flip).allSatisfy { $0.reduction == fast.reduction })
      #expect(try fast.views(.tenCrop).allSatisfy { $0.reduction == fast.reduction })
    }
  }

  @Test(arguments: [
    (["to_tensor"], "'to_tensor' needs whole images"),
    (["to_tensor", "resize: 10"], "'to_tensor' needs whole images"),
    (["random_resized_crop: 8"], "'random_resized_crop' needs whole images"),
    (["center_crop: 8", "resize: 4"], "'center_crop' needs whole images"),
    (["random_horizontal_flip", "resize: 4"], "'random_horizontal_flip' needs whole images"),
    (
      ["{resize: {size: 8, interpolation: nearest}}"],
      "'nearest' picks single pixels of whole images"
    ),
    (["grayscale: 3"], "no transform resizes the images"),
  ])
  func othersNeedWholeImages(texts: [String], reason: String) throws {
    #expect(throws: ReductionRefusal.self) { try pipeline(texts, [Self.sizes[0]]) }
    do {
      _ = try pipeline(texts, [Self.sizes[0]])
    } catch let refusal as ReductionRefusal {
      #expect(refusal.reason == reason)
    }
  }

  /// The store keeps what is the same in every epoch: here only whole images.
  @Test func aRandomCropAfterTheShorterSideNeedsWholeImages() throws {
    let texts = ["resize: 10", "random_crop: 8"]
    _ = try pipeline(texts, [Self.sizes[0]])
    #expect(throws: ReductionRefusal.self) { try pipeline(texts, Self.sizes) }
  }

  @Test func pipelinesWithoutAResizingRefuseSmallerImages() throws {
    let pipeline = try Experiment.pipeline(["center_crop: 8"], for: ImageType(Self.sizes[0]))
    let small = Self.size(20, 30)
    let pictures = Pictures(bytes: picture(small), sizes: [small], originals: [Self.sizes[0]])
    #expect(throws: TransformMismatch.self) {
      try pipeline.apply(pictures, sampleIndices: [0], augmenting: nil)
    }
  }
}
