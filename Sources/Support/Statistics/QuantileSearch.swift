import Foundation

/// Finds where a probability has a given value.
enum QuantileSearch {
  /// The z > 0 at which `probability` is `target`, to about 14 digits: Newton's method on logarithms,
  /// where the tails of the distributions are nearly straight, kept inside a bracket.
  ///
  /// - Parameters:
  ///   - target: above 0 and below 1.
  ///   - rising: whether the probability rises with z.
  ///   - probability: the probability at z, and its density there.
  /// - Returns: 0 or infinity where the place is no number.
  static func solve(
    _ target: Double, from start: Double, rising: Bool,
    _ probability: (Double) -> (value: Double, density: Double)
  ) -> Double {
    let wanted = log(target)
    // Logarithms of z; beyond them z is no number.
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
