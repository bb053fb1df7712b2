import Foundation

/// Solves for the argument at which a probability has a given value.
enum QuantileSearch {
  /// The z > 0 at which `probability` equals `target`, to about 14 digits: Newton's method on
  /// logarithms, where the tails of the distributions are nearly straight, confined to a bracket.
  ///
  /// - Parameters:
  ///   - target: greater than 0 and less than 1.
  ///   - rising: whether the probability increases with z.
  ///   - probability: returns the probability and its density at z.
  /// - Returns: 0 or infinity if the solution is not representable.
  static func solve(
    _ target: Double, from start: Double, rising: Bool,
    _ probability: (Double) -> (value: Double, density: Double)
  ) -> Double {
    let wanted = log(target)
    // Bounds on ln z; outside them, z is not representable.
    var (low, high) = (-745.0, 709.7)
    var place = log(start)
    for _ in 0..<300 {
      let z = exp(place)
      let (value, density) = probability(z)
      let excess = log(value) - wanted
      if excess == 0 { return z }
      if (excess < 0) == rising { low = place } else { high = place }
      // d ln p / d ln z
      let slope = z * density / value * (rising ? 1 : -1)
      var next = place - excess / slope
      if !(next > low && next < high) { next = (low + high) / 2 }
      if abs(next - place) <= 2e-16 * max(1, abs(place)) || next == low || next == high {
        return ending(next)
      }
      place = next
    }
    return ending(place)
  }

  private static func ending(_ place: Double) -> Double {
    if place < -744 { return 0 }
    return place > 709.6 ? .infinity : exp(place)
  }
}
