import DataSchema

/// The transforms of images for their masks: what moves pixels moves those of the mask by the same draws, by
/// nearest neighbour, so that no class arises that was not there; what is outside has no class
/// (``FieldKind/ignoredPixel``). What changes colours leaves masks alone. As torchvision's v2 transforms do with
/// `tv_tensors.Mask`, which computes on floats.
package struct MaskTransforms: Sendable {
  private let pipeline: TransformPipeline

  init(_ pipeline: TransformPipeline) { self.pipeline = pipeline }

  /// Height and width of the masks after the transforms, with one channel.
  package var size: ImageSize { pipeline.output.size }

  /// The masks of `pictures`, [count, height, width], after the transforms.
  ///
  /// - Parameters: as for the images; the same arguments move both alike.
  /// - Throws: ``TransformMismatch`` if a step does not fit a size.
  package func apply(
    _ pictures: Pictures, sampleIndices: [Int], augmenting: Augmentation?, threads: Int = 1
  ) throws(TransformMismatch) -> [UInt8] {
    precondition(sampleIndices.count == pictures.count)
    guard let sizing = pipeline.sizing else {
      if let other = pictures.sizes.first(where: { $0 != pipeline.input.size }) {
        throw TransformMismatch("expected masks of \(pipeline.input.size), found \(other)")
      }
      if pipeline.leavesMasks { return pictures.bytes }
      return bytes(
        pipeline.apply(
          batch(pictures.bytes[...], pipeline.input, pictures.count),
          sampleIndices: sampleIndices, augmenting: augmenting, threads: threads))
    }
    let offsets = pictures.offsets
    var sized: [Float] = []
    sized.reserveCapacity(pictures.count * sizing.output.elementCount)
    for (place, size) in pictures.sizes.enumerated() {
      let own = try sizing.pipeline(for: size)
      sized +=
        own.apply(
          batch(pictures.bytes[offsets[place]..<offsets[place + 1]], own.input, 1),
          sampleIndices: [sampleIndices[place]], augmenting: augmenting
        ).floats
    }
    let rest = pipeline.dropFirst(pipeline.sizingCount)
    return bytes(
      rest.apply(
        ImageBatch(type: sizing.output, count: pictures.count, storage: .floats(sized)),
        sampleIndices: sampleIndices, augmenting: augmenting, threads: threads))
  }

  private func batch(_ bytes: ArraySlice<UInt8>, _ type: ImageType, _ count: Int) -> ImageBatch {
    ImageBatch(type: type, count: count, storage: .floats(bytes.map { Float($0) }))
  }

  private func bytes(_ batch: ImageBatch) -> [UInt8] { batch.floats.map { UInt8($0) } }
}

extension TransformPipeline {
  /// The same for the masks of the images.
  package var forMasks: MaskTransforms {
    let own = steps.map(\.forMask)
    if let sizing {
      return MaskTransforms(
        TransformPipeline(sizing.forMasks, steps: Array(own.dropFirst(sizingCount))))
    }
    return MaskTransforms(masks(own))
  }

  /// Whether masks stay as they are.
  var leavesMasks: Bool {
    steps.allSatisfy { if case .unchanged = $0 { true } else { false } }
  }
}

extension TransformStep {
  /// What the step does to the mask of an image.
  var forMask: TransformStep {
    let outside = [Float(FieldKind.ignoredPixel)]
    switch self {
    case .resize(var step):
      step.interpolation = .nearest
      return .resize(step)
    case .centerCrop(var step):
      step.fill = outside
      return .centerCrop(step)
    case .pad(var step):
      step.fill = outside
      return .pad(step)
    case .randomCrop(var step):
      step.padding.fill = outside
      return .randomCrop(step)
    case .randomResizedCrop(var step):
      step.interpolation = .nearest
      return .randomResizedCrop(step)
    case .randomRotation(var step):
      (step.interpolation, step.fill) = (.nearest, outside)
      return .randomRotation(step)
    case .randomAffine(var step):
      (step.interpolation, step.fill) = (.nearest, outside)
      return .randomAffine(step)
    case .randomPerspective(var step):
      (step.interpolation, step.fill) = (.nearest, outside)
      return .randomPerspective(step)
    case .mirror, .randomFlip, .unchanged: return self
    case .scale, .normalize, .normalizeByTraining, .convert, .grayscale, .colorJitter,
      .randomOperation, .gaussianBlur, .randomErasing, .gaussianNoise, .trivialAugmentWide,
      .randAugment, .autoAugment:
      return .unchanged(UnchangedStep())
    }
  }

  /// Whether it moves pixels by draws that masks cannot follow: the policies choose among colours and
  /// movements. torchvision refuses them for masks too.
  package var refusesMasks: Bool {
    switch self {
    case .trivialAugmentWide, .randAugment, .autoAugment: true
    default: false
    }
  }
}

/// Leaves images as they are.
package struct UnchangedStep: ImageStep {
  var fingerprint: String { "unchanged" }

  func prepare(for input: ImageType) -> any PreparedStep { Unchanged() }
}

extension ImageType {
  /// The type of the mask of such an image: class numbers as floats.
  var mask: ImageType { ImageType(channels: 1, height: height, width: width, isFloat: true) }
}
