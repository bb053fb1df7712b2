import Glibc

/// A Parzen estimator over an interval: a Gaussian around each observation, and a wide one in the
/// middle for unexplored values, all truncated at the ends.
///
/// Source: Bergstra, Bardenet, Bengio, Kégl, "Algorithms for hyper-parameter optimization", NIPS
/// 2011, section 4: each width is the larger of the distances to the two neighbours, within bounds.
struct ParzenEstimator {
  private let centers: [Double]
  private let widths: [Double]
  private let low: Double
  private let high: Double

  init(_ observations: [Double], low: Double, high: Double) {
    let span = high - low
    self.low = low
    self.high = high
    let prior = (low + high) / 2
    centers = (observations + [prior]).sorted()
    let least = span / Double(min(100, centers.count + 1))
    let priorIndex = centers.firstIndex(of: prior)
    widths = centers.indices.map { [centers] index in
      if index == priorIndex { return span }
      let before = index > 0 ? centers[index] - centers[index - 1] : centers[index] - low
      let after =
        index + 1 < centers.count ? centers[index + 1] - centers[index] : high - centers[index]
      return min(max(before, after, least), span)
    }
  }

  func logDensity(_ place: Double) -> Double {
    var sum = 0.0
    for (center, width) in zip(centers, widths) {
      let distance = (place - center) / width
      let mass = Self.normal((high - center) / width) - Self.normal((low - center) / width)
      sum += exp(-distance * distance / 2) / (width * mass)
    }
    return log(sum / Double(centers.count))
  }

  /// Turns two uniform numbers in [0, 1) into a draw: the first selects a Gaussian, the second a
  /// value from it.
  func draw(_ component: Double, _ share: Double) -> Double {
    let index = min(Int(component * Double(centers.count)), centers.count - 1)
    let (center, width) = (centers[index], widths[index])
    let first = Self.normal((low - center) / width)
    let last = Self.normal((high - center) / width)
    let wanted = first + share * (last - first)
    var (left, right) = (low, high)
    for _ in 0..<52 {
      let middle = (left + right) / 2
      if Self.normal((middle - center) / width) < wanted { left = middle } else { right = middle }
    }
    return (left + right) / 2
  }

  /// The cumulative distribution function of the standard normal distribution.
  private static func normal(_ place: Double) -> Double { erfc(-place / 2.0.squareRoot()) / 2 }
}
