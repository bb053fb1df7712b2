/// What a transform is lowered to. `Transform.plan` has checked its arguments against the image type.
package enum TransformStep: Sendable, Equatable {
  /// Bytes to floats from 0 to 1.
  case scale
  /// (x - mean) / std, one value for each channel.
  case normalize(mean: [Float], std: [Float])
  /// The same with statistics of the training examples, which `TransformPipeline.fitted` fills in.
  case normalizeByTraining
  case convert(ConvertStep)
  case resize(ResizeStep)
  case centerCrop(CenterCropStep)
  case pad(PadStep)
  /// Mirrors every image, for one of the ``ImageViews``.
  case mirror(MirrorStep)
  case grayscale(GrayscaleStep)
  case randomCrop(RandomCropStep)
  case randomResizedCrop(RandomResizedCropStep)
  case randomFlip(RandomFlipStep)
  case randomRotation(RandomRotationStep)
  case randomAffine(RandomAffineStep)
  case randomPerspective(RandomPerspectiveStep)
  case colorJitter(ColorJitterStep)
  /// Inverting, posterizing and the like.
  case randomOperation(RandomOperationStep)
  case gaussianBlur(GaussianBlurStep)
  case randomErasing(RandomErasingStep)
  case gaussianNoise(GaussianNoiseStep)
  case trivialAugmentWide(TrivialAugmentWideStep)
  case randAugment(RandAugmentStep)
  case autoAugment(AutoAugmentStep)
  /// Leaves images as they are, in the place of a step that does not concern masks.
  case unchanged(UnchangedStep)

  /// Whether it draws random numbers and does nothing in evaluation (`randomCrop` and `randomResizedCrop`
  /// crop the centre).
  package var isRandom: Bool { type(of: implementation).isRandom }

  /// Whether it resamples images of any size to the size of its output.
  package var isResizing: Bool {
    switch self {
    case .resize, .randomResizedCrop: true
    default: false
    }
  }

  /// Whether it resamples, crops or pads images.
  package var changesSize: Bool {
    switch self {
    case .resize, .randomResizedCrop, .centerCrop, .randomCrop, .pad: true
    default: false
    }
  }

  /// The type of the result for an input type.
  package func output(of input: ImageType) -> ImageType { implementation.output(of: input) }

  var implementation: any ImageStep {
    switch self {
    case .scale: ScaleStep()
    case .normalize(let mean, let std): NormalizeStep(mean: mean, std: std)
    case .normalizeByTraining: UnfittedNormalizeStep()
    case .convert(let step): step
    case .resize(let step): step
    case .centerCrop(let step): step
    case .pad(let step): step
    case .mirror(let step): step
    case .grayscale(let step): step
    case .randomCrop(let step): step
    case .randomResizedCrop(let step): step
    case .randomFlip(let step): step
    case .randomRotation(let step): step
    case .randomAffine(let step): step
    case .randomPerspective(let step): step
    case .colorJitter(let step): step
    case .randomOperation(let step): step
    case .gaussianBlur(let step): step
    case .randomErasing(let step): step
    case .gaussianNoise(let step): step
    case .trivialAugmentWide(let step): step
    case .randAugment(let step): step
    case .autoAugment(let step): step
    case .unchanged(let step): step
    }
  }
}
