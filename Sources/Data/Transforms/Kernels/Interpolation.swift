/// How to interpolate between pixels.
package enum Interpolation: String, Sendable {
  case nearest, bilinear, bicubic

  /// The filter's radius at scale 1, in pixels.
  var support: Double {
    switch self {
    case .nearest: 0.5
    case .bilinear: 1
    case .bicubic: 2
    }
  }

  /// The triangle filter, or Keys' cubic convolution with a = -0.5 (as in Pillow, and in PyTorch with
  /// antialiasing).
  func weight<Number: BinaryFloatingPoint>(at place: Number) -> Number {
    let x = abs(place)
    switch self {
    case .nearest: return x <= 0.5 ? 1 : 0
    case .bilinear: return x < 1 ? 1 - x : 0
    case .bicubic:
      if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
      if x < 2 { return (((x - 5) * x + 8) * x - 4) * -0.5 }
      return 0
    }
  }
}
