import Glibc

/// An operation of the automatic policies, without its magnitude.
enum PolicyOperation: String, Sendable, CaseIterable {
  // The order is torchvision's, in which `rand_augment` and `trivial_augment_wide` number them.
  case identity, shearX, shearY, translateX, translateY, rotate, brightness, color, contrast
  case sharpness, posterize, solarize, autocontrast, equalize, invert

  /// The operations that `rand_augment` and `trivial_augment_wide` choose from.
  static let choices = allCases.filter { $0 != .invert }

  /// Whether it has a magnitude.
  var hasMagnitude: Bool {
    switch self {
    case .identity, .autocontrast, .equalize, .invert: false
    default: true
    }
  }

  /// Whether its magnitude is negated in half of the cases.
  var isSigned: Bool {
    switch self {
    case .shearX, .shearY, .translateX, .translateY, .rotate, .brightness, .color, .contrast,
      .sharpness:
      true
    default: false
    }
  }
}

/// An operation with its magnitude.
struct PolicyChange: Sendable, Equatable {
  var operation: PolicyOperation
  /// In torchvision's unit: a slope, pixels, degrees, a difference from the factor 1, bits or a share.
  var magnitude: Double

  /// Writes the changed image to `output`, an image of the same type. Bytes only.
  ///
  /// - Parameter fill: the value of each channel outside the image.
  func apply(_ input: Pixels, _ output: Pixels, interpolation: Interpolation, fill: [Float]) {
    switch operation {
    case .identity: output.copy(from: input)
    case .shearX, .shearY:
      let degrees = atan(magnitude) * (180 / Double.pi)
      // Around the corner, unlike all other transformations.
      affine(
        input, output, center: (0, 0),
        shear: operation == .shearX ? (degrees, 0) : (0, degrees), interpolation, fill)
    case .translateX, .translateY:
      let pixels = magnitude.rounded(.towardZero)
      affine(
        input, output,
        center: (Double(input.type.width) * 0.5, Double(input.type.height) * 0.5),
        translation: operation == .translateX ? (pixels, 0) : (0, pixels), interpolation, fill)
    case .rotate:
      RandomRotationStep(degrees: ValueRange(0, 0), interpolation: interpolation, fill: fill)
        .rotate(input, output, angle: magnitude)
    case .brightness: recolor(input, output, .brightness(1 + magnitude))
    case .color: recolor(input, output, .saturation(1 + magnitude))
    case .contrast: recolor(input, output, .contrast(1 + magnitude))
    case .sharpness: PixelOperation.sharpness(factor: 1 + magnitude).apply(input, output)
    case .posterize: PixelOperation.posterize(bits: Int(magnitude)).apply(input, output)
    case .solarize: PixelOperation.solarize(threshold: 255 * magnitude).apply(input, output)
    case .autocontrast: PixelOperation.autocontrast.apply(input, output)
    case .equalize: PixelOperation.equalize.apply(input, output)
    case .invert: PixelOperation.invert.apply(input, output)
    }
  }

  private func affine(
    _ input: Pixels, _ output: Pixels, center: (x: Double, y: Double),
    translation: (x: Double, y: Double) = (0, 0), shear: (x: Double, y: Double) = (0, 0),
    _ interpolation: Interpolation, _ fill: [Float]
  ) {
    ByteAffine.apply(
      input, output,
      matrix: AffineMatrix(
        center: center, angle: 0, translation: translation, scale: 1, shear: shear),
      isBilinear: interpolation == .bilinear, fill: fill)
  }

  private func recolor(_ input: Pixels, _ output: Pixels, _ change: ColorJitterStep.Change) {
    output.copy(from: input)
    change.apply(to: output)
  }
}
