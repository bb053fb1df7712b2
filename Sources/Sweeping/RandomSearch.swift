import ExperimentConfig
import Glibc
import Randomness

/// Draws random values from the search space. A trial's values depend only on the sweep's seed and
/// the trial's number.
package enum RandomSearch {
  /// Draws one text per key.
  ///
  /// - Parameters:
  ///   - trial: from 1.
  ///   - attempt: from 0; increased if the same values already exist.
  package static func draw(
    _ space: SearchSpace, seed: UInt64, trial: Int, attempt: Int = 0
  ) -> [String] {
    space.dimensions.enumerated().flatMap { index, dimension in
      let stream = RandomStream(seed: seed, purpose: .sweep, epoch: trial, step: index)
      return draw(dimension, stream.uniform64(attempt))
    }
  }

  /// The choice at `share` of the way through a dimension.
  static func draw(_ dimension: SearchSpace.Dimension, _ share: Double) -> [String] {
    switch dimension.domain {
    case .values(let rows):
      return rows[min(Int(share * Double(rows.count)), rows.count - 1)]
    case .uniform, .logUniform:
      guard let scale = Scale(dimension) else { return [] }
      return [scale.text(scale.low + share * (scale.high - scale.low))]
    }
  }
}

/// A numeric dimension on the scale on which it is uniform, linear or logarithmic. An integer
/// covers the interval from half below to half above it.
struct Scale {
  let low: Double
  let high: Double
  private let isLogarithmic: Bool
  private let isInteger: Bool
  private let ends: ClosedRange<Double>

  /// `nil` for a list of values.
  init?(_ dimension: SearchSpace.Dimension) {
    let margin = dimension.isInteger ? 0.5 : 0
    isInteger = dimension.isInteger
    switch dimension.domain {
    case .values: return nil
    case .uniform(let first, let last):
      isLogarithmic = false
      ends = first...last
      low = first - margin
      high = last + margin
    case .logUniform(let first, let last):
      isLogarithmic = true
      ends = first...last
      low = log(max(first - margin, first / 2))
      high = log(last + margin)
    }
  }

  /// Converts a position on the scale to a value for the experiment, with six significant digits.
  func text(_ place: Double) -> String {
    let value = isLogarithmic ? exp(place) : place
    let clipped = min(max(value, ends.lowerBound), ends.upperBound)
    return NumberText.short(
      isInteger ? clipped.rounded() : NumberSequence.tidy(clipped, digits: 6))
  }

  func place(_ text: String) -> Double? {
    guard let value = Double(text), value > 0 || !isLogarithmic else { return nil }
    return min(max(isLogarithmic ? log(value) : value, low), high)
  }
}
