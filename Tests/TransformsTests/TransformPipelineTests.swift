import DataSchema
import ExperimentConfig
import Testing

@testable import Transforms

@Suite struct TransformPipelineTests {
  /// Stored images are found by it. The largest image becomes one of the same size either way, others do not.
  @Test func theFingerprintTellsASideFromBoth() throws {
    let sizes = MixedSizes(
      channels: 3, sizes: [(768, 1024), (600, 600)].map { .init(height: $0.0, width: $0.1) })
    func text(_ resize: String) throws -> String {
      let transforms = try Experiment.transforms([resize, "center_crop: 224"])
      return TransformPipeline(try Sizing.plan(transforms, for: sizes), steps: []).fingerprintText
    }
    #expect(try text("resize: 256") == text("resize: 256"))
    #expect(try text("resize: 256") != text("resize: [256, 341]"))
  }

  private static let input = ImageType(channels: 3, height: 13, width: 17, isFloat: false)
  private static let augmentation = Augmentation(seed: 11, fold: 2, epoch: 3)

  /// Everything random there is, behind and between steps that are not.
  private static func everything() throws -> TransformPipeline {
    try Experiment.pipeline(
      [
        "resize: 16", "pad: {padding: 2, padding_mode: reflect}",
        "random_crop: {size: 16, padding: 3}", "random_horizontal_flip", "random_vertical_flip",
        "random_rotation: {degrees: 20, interpolation: bilinear, fill: [1, 2, 3]}",
        "random_affine: {degrees: 10, translate: [0.1, 0.1], scale: [0.9, 1.1], shear: 5}",
        "color_jitter: {brightness: 0.3, contrast: 0.3, saturation: 0.3, hue: 0.1}",
        "random_resized_crop: 17", "gaussian_blur: 3", "random_perspective",
        "random_adjust_sharpness: 2", "rand_augment", "grayscale: 3", "center_crop: 15",
        "to_tensor",
        "random_affine: {degrees: 10, interpolation: bilinear}",
        "gaussian_noise: {sigma: 0.05}", "random_erasing: {p: 0.8, value: random}",
        "normalize: {mean: 0.5, std: 0.25}",
      ], for: input)
  }

  private static func images(_ indices: [Int]) -> ImageBatch {
    ImageBatch(
      type: input, count: indices.count,
      storage: .bytes(indices.flatMap { Golden.sample([3, 13, 17], seed: $0 + 1).bytes }))
  }

  @Test func resultsDependOnNothingButTheImage() throws {
    let pipeline = try Self.everything()
    let indices = Array(0..<23)
    let size = pipeline.output.elementCount
    let whole = pipeline.apply(
      Self.images(indices), sampleIndices: indices, augmenting: Self.augmentation)
    #expect(whole.count == 23 && whole.type == pipeline.output)
    for threads in [2, 3, 7, 100] {
      let result = pipeline.apply(
        Self.images(indices), sampleIndices: indices, augmenting: Self.augmentation,
        threads: threads)
      #expect(result == whole)
    }
    for indices in [[7], [22, 0, 13], Array((0..<23).reversed())] {
      let result = pipeline.apply(
        Self.images(indices), sampleIndices: indices, augmenting: Self.augmentation, threads: 2)
      for (place, index) in indices.enumerated() {
        #expect(
          result.floats[place * size..<(place + 1) * size]
            == whole.floats[index * size..<(index + 1) * size])
      }
    }
  }

  @Test func everyCoordinateMatters() throws {
    let pipeline = try Self.everything()
    let image = Self.images([0])
    var results = [
      Self.augmentation, Augmentation(seed: 12, fold: 2, epoch: 3),
      Augmentation(seed: 11, fold: 1, epoch: 3), Augmentation(seed: 11, fold: 2, epoch: 4),
    ].map { pipeline.apply(image, sampleIndices: [5], augmenting: $0).floats }
    results.append(
      pipeline.apply(image, sampleIndices: [6], augmenting: Self.augmentation).floats)
    #expect(Set(results).count == results.count)
  }

  @Test func twoOfOneKindDrawForThemselves() throws {
    let pipeline = try Experiment.pipeline(
      ["random_horizontal_flip", "random_horizontal_flip"], for: Self.input)
    let indices = Array(0..<400)
    let images = Self.images(Array(repeating: 0, count: 400))
    let result = pipeline.apply(
      images, sampleIndices: indices, augmenting: Self.augmentation)
    let size = Self.input.elementCount
    let same = indices.count {
      result.bytes[$0 * size..<($0 + 1) * size] == images.bytes[0..<size]
    }
    #expect(isFrequent(same, of: 400, p: 0.5))
  }

  @Test func evaluationIsTheSameEveryTimeAndOfTheSameSize() throws {
    let pipeline = try Self.everything()
    let images = Self.images([1, 2])
    let first = pipeline.apply(images, sampleIndices: [1, 2], augmenting: nil)
    #expect(first.type == pipeline.output)
    #expect(pipeline.apply(images, sampleIndices: [8, 9], augmenting: nil, threads: 2) == first)
  }

  @Test func partsMakeTheWhole() throws {
    let pipeline = try Self.everything()
    #expect(pipeline.deterministicCount == 2)
    let images = Self.images([3, 4])
    for augmenting in [nil, Self.augmentation] {
      let whole = pipeline.apply(images, sampleIndices: [3, 4], augmenting: augmenting)
      for count in 0...pipeline.steps.count {
        let first = pipeline.prefix(count)
        let rest = pipeline.dropFirst(count)
        #expect(first.output == rest.input)
        let between = first.apply(images, sampleIndices: [3, 4], augmenting: augmenting)
        #expect(
          rest.apply(between, sampleIndices: [3, 4], augmenting: augmenting) == whole)
      }
    }
    #expect(pipeline.dropFirst(100).steps.isEmpty && pipeline.prefix(100).steps.count == 20)
  }

  @Test func stepsKnowWhetherTheyAreRandom() throws {
    let random = try Self.everything().steps.map(\.isRandom)
    #expect(
      random == [
        false, false, true, true, true, true, true, true, true, true, true, true, true, false,
        false, false, true, true, true, false,
      ])
    #expect(
      Set(TransformRegistry.all.filter { $0.isRandom }.map { $0.schema.name }) == [
        "random_crop", "random_resized_crop", "random_horizontal_flip", "random_vertical_flip",
        "random_rotation", "random_affine", "color_jitter", "random_erasing", "gaussian_noise",
        "random_perspective", "gaussian_blur", "random_invert", "random_posterize",
        "random_solarize", "random_autocontrast", "random_equalize", "random_adjust_sharpness",
        "trivial_augment_wide", "rand_augment", "auto_augment",
      ])
  }

  @Test func noImagesAreFine() throws {
    let result = try Self.everything().apply(
      ImageBatch(type: Self.input, count: 0, storage: .bytes([])), sampleIndices: [],
      augmenting: Self.augmentation, threads: 4)
    #expect(result.count == 0)
  }

  @Test func fingerprintIsStable() throws {
    let pipeline = try Experiment.pipeline(
      [
        "resize: 16", "to_tensor", "random_erasing: {value: random}",
        "normalize: {mean: 0.5, std: 0.25}",
      ], for: greyBytes)
    #expect(
      pipeline.fingerprintText == """
        transforms 1
        input 1×13×17 bytes
        resize 16×20 bilinear antialias=true
        to_tensor
        random_erasing p=0.5 scale=0.02…0.33 ratio=0.3…3.3 value=random at 2
        normalize mean=[0.5] std=[0.25]

        """)
    #expect(pipeline.dropFirst(2).fingerprintText.contains("value=random at 2\n"))
  }

  /// Any argument that changes a result changes the text.
  @Test func everyArgumentIsInTheFingerprint() throws {
    let texts = try [
      "resize: 16", "resize: [16, 20]", "resize: [20, 16]",
      "resize: {size: 16, interpolation: nearest}",
      "center_crop: 16", "center_crop: [16, 20]", "pad: 1", "pad: [1, 2]", "pad: [1, 2, 1, 3]",
      "pad: {padding: 1, fill: 3}", "pad: {padding: 1, padding_mode: edge}", "grayscale",
      "grayscale: 3", "convert: float32", "to_tensor", "random_crop: 8", "random_crop: [8, 9]",
      "random_crop: {size: 8, padding: 1}", "random_horizontal_flip", "random_vertical_flip",
      "random_horizontal_flip: 0.2", "random_rotation: 5", "random_rotation: [0, 5]",
      "random_rotation: {degrees: 5, fill: 1}",
      "random_rotation: {degrees: 5, interpolation: bilinear}",
      "random_affine: 5", "random_affine: {degrees: 5, translate: [0.1, 0]}",
      "random_affine: {degrees: 5, translate: [0, 0.1]}",
      "random_affine: {degrees: 5, scale: [1, 2]}",
      "random_affine: {degrees: 5, shear: 3}", "random_affine: {degrees: 5, shear: [0, 0, 1, 2]}",
      "random_affine: {degrees: 5, fill: 1}",
      "random_affine: {degrees: 5, interpolation: bilinear}",
      "random_resized_crop: 8", "random_resized_crop: [8, 9]",
      "random_resized_crop: {size: 8, scale: [0.1, 1]}",
      "random_resized_crop: {size: 8, ratio: [1, 2]}",
      "random_resized_crop: {size: 8, interpolation: bicubic}",
      "gaussian_blur: 3", "gaussian_blur: [3, 5]", "gaussian_blur: {kernel_size: 3, sigma: 1}",
      "random_perspective", "random_perspective: {distortion_scale: 0.1}",
      "random_perspective: {p: 0.1}", "random_perspective: {interpolation: nearest}",
      "random_perspective: {fill: 1}", "random_invert", "random_invert: 0.1",
      "random_posterize: 3", "random_posterize: 4", "random_solarize: 3", "random_solarize: 4",
      "random_autocontrast", "random_equalize", "random_adjust_sharpness: 2",
      "random_adjust_sharpness: 3", "trivial_augment_wide",
      "trivial_augment_wide: {num_magnitude_bins: 10}",
      "trivial_augment_wide: {interpolation: bilinear}", "trivial_augment_wide: {fill: 1}",
      "rand_augment", "rand_augment: {num_ops: 3}", "rand_augment: {magnitude: 8}",
      "rand_augment: {num_magnitude_bins: 10}", "rand_augment: {interpolation: bilinear}",
      "rand_augment: {fill: 1}", "auto_augment", "auto_augment: svhn",
      "auto_augment: {interpolation: bilinear}", "auto_augment: {fill: 1}",
      "color_jitter", "color_jitter: {brightness: 0.1}", "color_jitter: {contrast: 0.1}",
      "color_jitter: {saturation: 0.1}", "color_jitter: {hue: 0.1}",
    ].map { try Experiment.pipeline([$0], for: colourBytes).fingerprintText }
    // `resize: 16` and `resize: [16, 20]` are the same for images of 13×17.
    #expect(Set(texts).count == texts.count - 1)
    let floats = try [
      "resize: {size: 16, antialias: false}", "resize: 16", "convert: uint8", "random_erasing",
      "random_erasing: 0.3", "random_erasing: {scale: [0.1, 0.2]}",
      "random_erasing: {ratio: [1, 2]}",
      "random_erasing: {value: 3}", "gaussian_noise", "gaussian_noise: {mean: 1}",
      "gaussian_noise: {sigma: 1}", "gaussian_noise: {clip: false}",
      "normalize: {mean: 0, std: 1}", "normalize: {mean: 0, std: 2}",
    ].map { try Experiment.pipeline([$0], for: colourFloats).fingerprintText }
    #expect(Set(floats).count == floats.count)
  }
}
