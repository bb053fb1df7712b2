import Glibc

/// Maps a position in the output to one in the input: (a x + b y + c, d x + e y + f).
package struct AffineMatrix: Sendable, Equatable {
  var a: Double
  var b: Double
  var c: Double
  var d: Double
  var e: Double
  var f: Double

  /// The inverse of scaling, shearing, rotating (clockwise) and translating an image around `center`.
  ///
  /// Source: `_get_inverse_affine_matrix` of torchvision, term by term.
  ///
  /// - Parameters:
  ///   - angle, shear: in degrees.
  ///   - translation: in pixels.
  package init(
    center: (x: Double, y: Double), angle: Double, translation: (x: Double, y: Double),
    scale: Double, shear: (x: Double, y: Double)
  ) {
    let turn = radians(angle)
    let sx = radians(shear.x)
    let sy = radians(shear.y)
    let ra = cos(turn - sy) / cos(sy)
    let rb = -cos(turn - sy) * tan(sx) / cos(sy) - sin(turn)
    let rc = sin(turn - sy) / cos(sy)
    let rd = -sin(turn - sy) * tan(sx) / cos(sy) + cos(turn)
    a = rd / scale
    b = -rb / scale
    d = -rc / scale
    e = ra / scale
    c = 0 / scale + (a * (-center.x - translation.x) + b * (-center.y - translation.y))
    f = 0 / scale + (d * (-center.x - translation.x) + e * (-center.y - translation.y))
    c += center.x
    f += center.y
  }

  /// Rotation by `angle` degrees counter-clockwise around the centre of an image, as in Pillow's
  /// `Image.rotate`: sine and cosine are rounded to 15 decimals.
  package init(rotating angle: Double, height: Int, width: Int) {
    let turn = -radians(angle)
    a = rounded(cos(turn))
    b = rounded(sin(turn))
    d = rounded(-sin(turn))
    e = rounded(cos(turn))
    let x = Double(width) / 2
    let y = Double(height) / 2
    c = a * -x + b * -y + 0
    f = d * -x + e * -y + 0
    c += x
    f += y
  }
}

private func radians(_ degrees: Double) -> Double { degrees * (Double.pi / 180) }

/// `value` rounded to 15 decimals.
private func rounded(_ value: Double) -> Double {
  var digits = (value * 1e15).rounded(.toNearestOrEven)
  // The rounding error of the product may still change the result.
  let rest = (-digits).addingProduct(value, 1e15)
  if rest > 0.5 { digits += 1 }
  if rest < -0.5 { digits -= 1 }
  return digits / 1e15
}
