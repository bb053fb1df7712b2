import DataSchema
import Testing

@testable import Transforms

@Suite struct MaskTransformTests {
  @Test(arguments: Golden.cases("masks")) func isTorchvision(golden: Golden) throws {
    let type = golden.input.type
    let mask = golden.input.bytes.map { $0 % 7 }
    let sizes = golden.numbers("size").map { Int($0) }
    let expected = golden.output.bytes
    let input = ImageType(channels: 3, height: type.height, width: type.width, isFloat: false)
    func applied(_ transform: String) throws -> [UInt8] {
      try Experiment.pipeline([transform], for: input).forMasks.apply(
        Pictures(bytes: mask, size: type.size), sampleIndices: [3],
        augmenting: Augmentation(seed: 1, fold: 0, epoch: 1))
    }
    switch golden.text("step") {
    case "resize":
      #expect(try applied("resize: \(sizes)") == expected)
    case "center_crop":
      #expect(try applied("center_crop: \(sizes)") == expected)
    case "rotation":
      let angle = golden.number("angle")
      #expect(
        try applied("random_rotation: {degrees: [\(angle), \(angle)], interpolation: bilinear}")
          == expected)
    case "affine":
      let shear = golden.numbers("shear")
      let scale = golden.number("scale")
      let text =
        "random_affine: {degrees: [\(golden.number("angle")), \(golden.number("angle"))], "
        + "scale: [\(scale), \(scale)], shear: [\(shear[0]), \(shear[0]), \(shear[1]), \(shear[1])], "
        + "interpolation: bilinear, fill: 9}"
      #expect(try applied(text) == expected)
    case "pad":
      let padding = golden.numbers("padding").map { Int($0) }
      let text = "pad: {padding: \(padding), fill: 9, padding_mode: \(golden.text("padding_mode"))}"
      #expect(try applied(text) == expected)
    case "flip":
      let name = golden.number("horizontal") == 1 ? "horizontal" : "vertical"
      #expect(try applied("random_\(name)_flip: 1") == expected)
    case "perspective":
      let values = golden.numbers("corners").map { Int($0) }
      let corners = (0..<4).map { Perspective.Corner(x: values[2 * $0], y: values[2 * $0 + 1]) }
      let step = TransformStep.randomPerspective(
        RandomPerspectiveStep(distortion: 0.5, p: 1, interpolation: .bilinear, fill: [0, 0, 0]))
      guard case .randomPerspective(let own) = step.forMask else {
        Issue.record("masks do not follow random_perspective")
        return
      }
      #expect(floats(mask, type, type.mask) { own.transform($0, $1, corners) } == expected)
    case "resized_crop":
      let part = golden.numbers("part").map { Int($0) }
      let text = "random_resized_crop: \(sizes)"
      guard
        case .randomResizedCrop(let own) = try Experiment.step(text, for: input).forMask
      else {
        Issue.record("masks do not follow random_resized_crop")
        return
      }
      let rectangle = ImagePart(top: part[0], left: part[1], height: part[2], width: part[3])
      let output = type.mask.resized(sizes[0], sizes[1])
      let result = floats(mask, type, output) { input, output in
        let scratch = UnsafeMutableRawPointer.allocate(byteCount: 1 << 16, alignment: 64)
        defer { scratch.deallocate() }
        own.resampling(of: rectangle).apply(input, output, scratch)
      }
      #expect(result == expected)
    default: Issue.record("an unknown step")
    }
  }

  private func floats(
    _ mask: [UInt8], _ type: ImageType, _ output: ImageType, _ body: (Pixels, Pixels) -> Void
  ) -> [UInt8] {
    var input = mask.map { Float($0) }
    return input.withUnsafeMutableBytes { source in
      ImageBatch.make(output, count: 1) { target in
        guard let base = source.baseAddress else { return }
        body(Pixels(type: type.mask, base: base), Pixels(type: output, base: target))
      }
    }.floats.map { UInt8($0) }
  }

  /// A picture that is its own mask: whatever moves one by whole pixels moves the other.
  @Test(arguments: [
    "random_crop: {size: [9, 11], padding: 3, fill: 255}", "random_horizontal_flip: 0.5",
    "random_vertical_flip: 0.5", "center_crop: [7, 8]",
  ])
  func imagesAndMasksMoveByTheSameDraw(transform: String) throws {
    let size = ImageSize(channels: 1, height: 13, width: 17)
    let bytes = (0..<(8 * size.count)).map { UInt8($0 * 7 % 251) }
    let pipeline = try Experiment.pipeline([transform], for: ImageType(size))
    let pictures = Pictures(bytes: bytes, size: size)
    for epoch in 1...3 {
      let augmentation = Augmentation(seed: 5, fold: 0, epoch: epoch)
      let images = try pipeline.apply(
        pictures, sampleIndices: Array(10..<18), augmenting: augmentation)
      let masks = try pipeline.forMasks.apply(
        pictures, sampleIndices: Array(10..<18), augmenting: augmentation)
      #expect(images.bytes == masks)
    }
  }

  /// The place of a transform in the list decides about its draws, also behind steps that leave masks alone and in
  /// the rest of a pipeline whose beginning was kept.
  @Test func drawsDependOnThePlaceInTheList() throws {
    let size = ImageSize(channels: 1, height: 13, width: 17)
    let bytes = (0..<(6 * size.count)).map { UInt8($0 * 5 % 253) }
    let whole = try Experiment.pipeline(
      ["resize: [26, 34]", "color_jitter: {brightness: 0}", "random_crop: [9, 9]"],
      for: ImageType(size))
    let augmentation = Augmentation(seed: 5, fold: 2, epoch: 1)
    let pictures = Pictures(bytes: bytes, size: size)
    let indices = Array(0..<6)
    let all = try whole.forMasks.apply(pictures, sampleIndices: indices, augmenting: augmentation)
    let first = try whole.prefix(1).forMasks.apply(
      pictures, sampleIndices: indices, augmenting: nil)
    let kept = Pictures(bytes: first, size: ImageSize(channels: 1, height: 26, width: 34))
    #expect(
      try whole.dropFirst(1).forMasks.apply(
        kept, sampleIndices: indices, augmenting: augmentation) == all)
  }

  /// Masks of several sizes go the way of their images.
  @Test func sizesMayDiffer() throws {
    let sizes = [(13, 17), (26, 20), (9, 40)].map {
      ImageSize(channels: 1, height: $0.0, width: $0.1)
    }
    let transforms = try Experiment.transforms(["resize: [10, 12]", "random_horizontal_flip: 0.5"])
    let mixed = MixedSizes(
      channels: 1, sizes: sizes.map { MixedSizes.Size(height: $0.height, width: $0.width) })
    let sizing = try Sizing.plan(transforms, for: mixed)
    let flip = try transforms[1].plan(sizing.output).step
    let pipeline = TransformPipeline(sizing, steps: [flip])
    let parts = sizes.map { size in (0..<size.count).map { UInt8($0 % 5) } }
    let pictures = Pictures(bytes: parts.flatMap { $0 }, sizes: sizes)
    let augmentation = Augmentation(seed: 5, fold: 0, epoch: 1)
    let all = try pipeline.forMasks.apply(
      pictures, sampleIndices: [4, 5, 6], augmenting: augmentation)
    for (place, size) in sizes.enumerated() {
      let own = try Experiment.pipeline(
        ["resize: [10, 12]", "random_horizontal_flip: 0.5"], for: ImageType(size))
      let single = try own.forMasks.apply(
        Pictures(bytes: parts[place], size: size), sampleIndices: [4 + place],
        augmenting: augmentation)
      #expect(Array(all[(place * 120)..<((place + 1) * 120)]) == single)
    }
  }

  @Test func policiesRefuseMasks() throws {
    for name in ["rand_augment", "trivial_augment_wide", "auto_augment"] {
      #expect(try Experiment.step(name, for: colourBytes).refusesMasks)
    }
    #expect(try !Experiment.step("random_affine: 10", for: colourBytes).refusesMasks)
  }
}
