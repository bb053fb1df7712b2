import Testing

@testable import Transforms

/// The ends of what the schemas allow, on the smallest images.
@Suite struct ExtremeTests {
  private static let transforms = [
    "resize: [1, 1]", "resize: {size: [3, 40], interpolation: bicubic}",
    "resize: {size: [40, 3], interpolation: nearest}", "center_crop: 1", "center_crop: [9, 2]",
    "pad: [0, 3, 5, 0]", "pad: {padding: 4, padding_mode: edge}",
    "pad: {padding: 1, padding_mode: symmetric}", "random_crop: {size: 1, padding: 3}",
    "random_resized_crop: {size: [3, 40], scale: [0, 1], ratio: [0.001, 1000]}",
    "random_resized_crop: {size: 30, interpolation: bicubic}",
    "random_resized_crop: {size: [1, 2], interpolation: nearest}",
    "random_horizontal_flip: 1", "random_vertical_flip: 1", "random_rotation: 3600",
    "random_rotation: {degrees: [90, 90]}", "random_rotation: {degrees: [-3600, 0], fill: 255}",
    "random_rotation: {degrees: 360, interpolation: bilinear}",
    "random_perspective: {distortion_scale: 1, p: 1}", "random_invert: 1", "gaussian_blur: 1",
    "random_perspective: {distortion_scale: 1, p: 1, interpolation: nearest, fill: 1}",
    "random_posterize: {bits: 1, p: 1}", "random_solarize: {threshold: 0, p: 1}",
    "random_autocontrast: 1", "random_equalize: 1",
    "random_adjust_sharpness: {sharpness_factor: 1000, p: 1}",
    "random_adjust_sharpness: {sharpness_factor: 0, p: 1}",
    "random_affine: {degrees: 3600, scale: [0.001, 0.001], shear: [-89, 89, -89, 89]}",
    "random_affine: {degrees: 0, scale: [1000, 1000], translate: [1, 1]}",
    "random_affine: {degrees: 180, scale: [0.001, 1000], shear: 89, interpolation: bilinear}",
  ]
  private static let colours = [
    "grayscale: 3", "color_jitter: {brightness: 1e30, contrast: 1e30, saturation: 1e30, hue: 0.5}",
    "color_jitter: {brightness: [0, 0], contrast: [0, 0], saturation: [0, 0], hue: [-0.5, -0.5]}",
  ]
  private static let policies = [
    "trivial_augment_wide: {num_magnitude_bins: 2, interpolation: bilinear}",
    "rand_augment: {num_ops: 9, magnitude: 30}", "auto_augment: {policy: svhn, fill: 255}",
    "auto_augment: cifar10", "auto_augment: imagenet",
  ]
  private static let floats = [
    "convert: uint8", "resize: {size: [3, 40], interpolation: bicubic, antialias: false}",
    "resize: {size: [40, 3], antialias: false}", "gaussian_noise: {sigma: 1e30, mean: -1e30}",
    "random_resized_crop: {size: 7, antialias: false, interpolation: bicubic}",
    "random_erasing: {p: 1, scale: [0, 1], ratio: [0.001, 1000], value: random}",
    "normalize: {mean: 1e30, std: 1e-30}",
  ]

  @Test(arguments: [(1, 1), (1, 7), (16, 1), (2, 2), (5, 3)])
  func nothingGoesWrong(height: Int, width: Int) throws {
    for channels in 1...3 {
      for isFloat in [false, true] {
        let image = Golden.sample([channels, height, width], seed: 9, isFloat: isFloat)
        let transforms =
          Self.transforms + (channels == 2 ? [] : Self.colours) + (isFloat ? Self.floats : [])
          + (channels == 2 || isFloat ? [] : Self.policies)
        for transform in transforms {
          let pipeline = try Experiment.pipeline([transform], for: image.type)
          for epoch in 1...30 {
            let result = pipeline.apply(
              image, sampleIndices: [epoch * 1_000_003],
              augmenting: Augmentation(seed: .max, fold: 1, epoch: epoch))
            #expect(result.type == pipeline.output)
            #expect(!result.floats.contains { $0.isNaN }, "\(transform) of \(image.type)")
          }
        }
      }
    }
  }
}
