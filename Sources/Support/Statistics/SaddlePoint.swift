import Foundation

/// Terms of densities computed without the loss of precision of factorials and powers: Loader,
/// "Fast and accurate computation of binomial probabilities" (2000).
enum SaddlePoint {
  /// δ(z) in Γ(z) = √(2π) · z^(z − ½) · e^(−z + δ(z)), for z > 0.
  static func stirlingError(_ z: Double) -> Double {
    guard z >= 10 else {
      return lgamma(z) - (z - 0.5) * log(z) + z - 0.5 * log(2 * Double.pi)
    }
    // Abramowitz and Stegun 6.1.41
    let coefficients: [(Double, Double)] = [
      (-3617, 122_400), (1, 156), (-691, 360_360), (1, 1188), (-1, 1680), (1, 1260), (-1, 360),
      (1, 12),
    ]
    let square = z * z
    return coefficients.reduce(0) { $0 / square + $1.0 / $1.1 } / z
  }

  /// x · ln(x / m) + m − x for x ≥ 0 and m > 0, without the cancellation at x ≈ m.
  static func deviance(_ x: Double, _ m: Double) -> Double {
    guard x > 0 else { return m }
    guard abs(x - m) < 0.1 * (x + m) else { return x * log(x / m) + m - x }
    let v = (x - m) / (x + m)
    var sum = (x - m) * v
    var term = 2 * x * v
    var power = 3.0
    while true {
      term *= v * v
      let next = sum + term / power
      if next == sum { return sum }
      sum = next
      power += 2
    }
  }
}
