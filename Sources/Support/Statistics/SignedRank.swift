/// Wilcoxon's signed-rank test of whether differences are distributed symmetrically around 0.
///
/// As `scipy.stats.wilcoxon` with its defaults: differences of 0 are dropped and ties share their
/// mean rank. Exact for at most 50 differences without ties or zeros, otherwise a normal
/// approximation with the variance corrected for ties. Wilcoxon, "Individual Comparisons by Ranking
/// Methods", Biometrics Bulletin 1, 1945.
package struct SignedRank: Sendable, Hashable {
  package enum Method: String, Sendable, Hashable {
    case exact, normal
  }

  /// The number of nonzero differences.
  package let count: Int
  /// The sum of the ranks of the positive differences.
  package let positive: Double
  package let method: Method
  /// Two-sided; 1 if all differences are 0.
  package let pValue: Double

  package init(_ differences: [Double]) {
    let values = differences.filter { $0 != 0 }
    count = values.count
    let order = values.indices.sorted { abs(values[$0]) < abs(values[$1]) }
    var positive = 0.0
    var ties = 0.0
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, abs(values[order[end]]) == abs(values[order[start]]) { end += 1 }
      let size = Double(end - start)
      let rank = Double(start + end + 1) / 2
      for place in start..<end where values[order[place]] > 0 { positive += rank }
      ties += size * size * size - size
      start = end
    }
    self.positive = positive
    let n = Double(count)
    let total = n * (n + 1) / 2
    guard count > 0 else {
      method = .exact
      pValue = 1
      return
    }
    if count <= 50, ties == 0, count == differences.count {
      method = .exact
      pValue = Self.exact(count, Int(min(positive, total - positive)))
      return
    }
    method = .normal
    let variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48
    let z = (positive - total / 2) / variance.squareRoot()
    pValue = variance > 0 ? min(1, 2 * Normal.sf(abs(z))) : 1
  }

  /// Twice the probability of a rank sum of at most `sum`, capped at 1.
  private static func exact(_ count: Int, _ sum: Int) -> Double {
    // The number of the 2ⁿ sign patterns with each sum; exact below 2⁵³.
    var ways = [Double](repeating: 0, count: count * (count + 1) / 2 + 1)
    ways[0] = 1
    for rank in 1...count {
      for place in stride(from: ways.count - 1, through: rank, by: -1) {
        ways[place] += ways[place - rank]
      }
    }
    let below = ways[0...sum].reduce(0, +)
    var all = 1.0
    for _ in 0..<count { all *= 2 }
    return min(1, 2 * below / all)
  }
}
