/// The magnitudes of the operations of a policy, `count` of them from the weakest to the strongest, in floats
/// as in torchvision.
struct PolicyMagnitudes: Sendable, Equatable {
  var count: Int
  /// The largest slope of a shear.
  var shear: Double
  /// The largest translation in pixels; `nil` for 150 / 331 of the image's side.
  var translation: Double?
  /// The largest rotation in degrees.
  var rotation: Double
  /// The largest difference of a factor from 1.
  var factor: Double
  /// The most bits that posterizing takes away.
  var bits: Double

  /// Those of `auto_augment` and `rand_augment`.
  static func usual(count: Int) -> Self {
    Self(count: count, shear: 0.3, translation: nil, rotation: 30, factor: 0.9, bits: 4)
  }

  /// Those of `trivial_augment_wide`.
  static func wide(count: Int) -> Self {
    Self(count: count, shear: 0.99, translation: 32, rotation: 135, factor: 0.99, bits: 6)
  }

  /// `operation` with the magnitude at `index`, for images of `height` times `width` pixels.
  ///
  /// - Parameter index: from 0 to `count` - 1.
  func change(
    _ operation: PolicyOperation, index: Int, isNegative: Bool, height: Int, width: Int
  ) -> PolicyChange {
    guard operation.hasMagnitude else { return PolicyChange(operation: operation, magnitude: 0) }
    let magnitude = Double(value(operation, index: index, height: height, width: width))
    return PolicyChange(
      operation: operation, magnitude: isNegative && operation.isSigned ? -magnitude : magnitude)
  }

  private func value(_ operation: PolicyOperation, index: Int, height: Int, width: Int) -> Float {
    switch operation {
    case .shearX, .shearY: return even(0, shear, index)
    case .translateX: return even(0, translation ?? 150.0 / 331.0 * Double(width), index)
    case .translateY: return even(0, translation ?? 150.0 / 331.0 * Double(height), index)
    case .rotate: return even(0, rotation, index)
    case .brightness, .color, .contrast, .sharpness: return even(0, factor, index)
    case .posterize:
      let taken = Float(index) / Float(Double(count - 1) / bits)
      return (8 - taken).rounded(.toNearestOrEven)
    case .solarize: return even(1, 0, index)
    case .identity, .autocontrast, .equalize, .invert: return 0
    }
  }

  /// The number at `index` of `count` from `first` to `last`, computed from the nearer end and rounded once,
  /// like the elements of `torch.linspace` that it does not compute as vectors; the last bit of the others
  /// depends on the machine.
  private func even(_ first: Double, _ last: Double, _ index: Int) -> Float {
    let (first, last) = (Float(first), Float(last))
    let step = (last - first) / Float(count - 1)
    return index < count / 2
      ? first.addingProduct(step, Float(index))
      : last.addingProduct(-step, Float(count - 1 - index))
  }
}
