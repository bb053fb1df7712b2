import ExperimentConfig
import Glibc

/// Generates `range[a:b:step]`, `linspace[a:b:n]` and `logspace[a:b:n]`. All include both ends,
/// except that `range` includes the second only if the steps reach it.
enum NumberSequence {
  static let limit = 10_000

  /// The numbers from `first` to `last`; `nil` if there are none or more than `limit`.
  static func range(_ first: Double, _ last: Double, step: Double) -> [Double]? {
    guard step != 0, (last - first) / step >= 0 else { return nil }
    let count = ((last - first) / step + 1e-9).rounded(.down) + 1
    guard count <= Double(limit) else { return nil }
    return (0..<Int(count)).map { tidy(first + Double($0) * step) }
  }

  static func linear(_ first: Double, _ last: Double, count: Int) -> [Double] {
    count == 1
      ? [first]
      : (0..<count).map { tidy(first + (last - first) * Double($0) / Double(count - 1)) }
  }

  /// Evenly spaced on a logarithmic scale; both ends must be greater than 0.
  static func logarithmic(_ first: Double, _ last: Double, count: Int) -> [Double] {
    if count == 1 { return [first] }
    return (0..<count).map { index in
      index == count - 1
        ? last : tidy(first * pow(last / first, Double(index) / Double(count - 1)))
    }
  }

  /// Rounds to `digits` significant digits, which removes the rounding errors of binary fractions.
  static func tidy(_ value: Double, digits: Int32 = 12) -> Double {
    guard value != 0, value.isFinite else { return value }
    let power = digits - 1 - Int32(log10(abs(value)).rounded(.down))
    // Parsing decimal text is exact where a multiplication by a power of ten is not.
    let text = NumberText.fixed(value * pow(10, Double(power)), 0) + "e\(-power)"
    return Double(text) ?? value
  }
}
