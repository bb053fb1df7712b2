/// Where a step takes the points of an image, in continuous pixels: the upper left pixel covers 0 to 1.
enum BoxMotion: Sendable, Equatable {
  case stays
  /// (scaleX x + offsetX, scaleY y + offsetY).
  case scaled(AxisMotion)
  /// (a x + b y + c, d x + e y + f) / (g x + h y + 1).
  case projected(Projection)
}

/// Scaling, mirroring and moving along both axes.
struct AxisMotion: Sendable, Equatable {
  var scaleX = 1.0
  var scaleY = 1.0
  var offsetX = 0.0
  var offsetY = 0.0
}

/// A projective map of points of the input to points of the output.
struct Projection: Sendable, Equatable {
  /// a to h.
  let values: [Double]

  /// The inverse of a matrix that maps positions in the output to such in the input.
  init(inverting m: AffineMatrix) {
    let determinant = m.a * m.e - m.b * m.d
    let (a, b) = (m.e / determinant, -m.b / determinant)
    let (d, e) = (-m.d / determinant, m.a / determinant)
    values = [a, b, -a * m.c - b * m.f, d, e, -d * m.c - e * m.f, 0, 0]
  }

  /// The inverse of a map of positions in the output to such in the input. Source: torchvision's
  /// `perspective_bounding_boxes`.
  init(inverting map: Perspective) {
    let m = map.values.map(Double.init)
    let determinant = m[0] * m[4] - m[1] * m[3]
    values = [
      m[4] - m[5] * m[7], m[2] * m[7] - m[1], m[1] * m[5] - m[2] * m[4],
      m[5] * m[6] - m[3], m[0] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
      m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7],
    ].map { $0 / determinant }
  }

  func point(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    let share = values[6] * x + values[7] * y + 1
    return (
      (values[0] * x + values[1] * y + values[2]) / share,
      (values[3] * x + values[4] * y + values[5]) / share
    )
  }
}

/// The edges of a box in pixels.
struct BoxEdges: Sendable, Equatable {
  var left: Double
  var top: Double
  var right: Double
  var bottom: Double

  var width: Double { right - left }
  var height: Double { bottom - top }

  /// The smallest box around the four moved corners.
  func moved(by motion: BoxMotion) -> BoxEdges {
    switch motion {
    case .stays: return self
    case .scaled(let axes):
      let (x0, x1) = (axes.scaleX * left + axes.offsetX, axes.scaleX * right + axes.offsetX)
      let (y0, y1) = (axes.scaleY * top + axes.offsetY, axes.scaleY * bottom + axes.offsetY)
      return BoxEdges(left: min(x0, x1), top: min(y0, y1), right: max(x0, x1), bottom: max(y0, y1))
    case .projected(let projection):
      let corners = [(left, top), (right, top), (left, bottom), (right, bottom)]
        .map { projection.point($0.0, $0.1) }
      let (xs, ys) = (corners.map(\.x), corners.map(\.y))
      return BoxEdges(
        left: xs.min() ?? left, top: ys.min() ?? top, right: xs.max() ?? right,
        bottom: ys.max() ?? bottom)
    }
  }

  /// The part inside an image.
  func clamped(height: Int, width: Int) -> BoxEdges {
    func clamp(_ value: Double, _ most: Int) -> Double { min(max(value, 0), Double(most)) }
    return BoxEdges(
      left: clamp(left, width), top: clamp(top, height), right: clamp(right, width),
      bottom: clamp(bottom, height))
  }
}
