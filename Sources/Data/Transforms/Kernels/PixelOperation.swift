/// A change of an image's tones without random numbers: bytes as Pillow's `ImageOps` and `ImageEnhance`, floats
/// from 0 to 1 as torchvision's tensors. Each channel is changed on its own.
package enum PixelOperation: Sendable, Equatable {
  case invert
  /// Keeps the upper bits, 1 to 8, of every byte; floats are rounded down to as many levels.
  case posterize(bits: Int)
  /// Inverts values that are not below the threshold.
  case solarize(threshold: Double)
  /// Stretches values so that the darkest is 0 and the brightest 255 or 1.
  case autocontrast
  /// Spreads values evenly.
  case equalize
  /// Blends with a blurred image: 0 is blurred, 1 the image, more is sharper.
  case sharpness(factor: Double)

  /// Stable text for fingerprints.
  var fingerprint: String {
    switch self {
    case .invert: "invert"
    case .posterize(let bits): "posterize bits=\(bits)"
    case .solarize(let threshold): "solarize threshold=\(threshold)"
    case .autocontrast: "autocontrast"
    case .equalize: "equalize"
    case .sharpness(let factor): "adjust_sharpness factor=\(factor)"
    }
  }

  /// Writes the changed image to `output`, an image of the same type.
  func apply(_ input: Pixels, _ output: Pixels) {
    let type = input.type
    for channel in 0..<type.channels {
      let plane = channel * type.planeCount
      if type.isFloat {
        FloatTones.apply(
          self, input.floats + plane, output.floats + plane, height: type.height,
          width: type.width)
      } else {
        ByteTones.apply(
          self, input.bytes + plane, output.bytes + plane, height: type.height,
          width: type.width)
      }
    }
  }
}
