import Glibc

/// The quadrature of Gauss and Legendre on the interval from 0 to 1.
struct GaussLegendre {
  /// In ascending order.
  let points: [Double]
  /// Their sum is 1.
  let weights: [Double]

  /// - Precondition: `count` is positive.
  init(_ count: Int) {
    var points: [Double] = []
    var weights: [Double] = []
    let n = Double(count)
    for index in 0..<count {
      // Newton's method from Tricomi's first approximation of a root of the Legendre polynomial.
      var x = -cos(Double.pi * (Double(index) + 0.75) / (n + 0.5))
      var slope = 1.0
      for _ in 0..<100 {
        var (before, value) = (0.0, 1.0)
        for k in 1...count {
          let degree = Double(k)
          (before, value) = (value, ((2 * degree - 1) * x * value - (degree - 1) * before) / degree)
        }
        slope = n * (x * value - before) / (x * x - 1)
        let step = value / slope
        x -= step
        if abs(step) < 1e-15 { break }
      }
      points.append((1 + x) / 2)
      weights.append(1 / ((1 - x * x) * slope * slope))
    }
    (self.points, self.weights) = (points, weights)
  }
}
