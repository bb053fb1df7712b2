/// Spearman's rank correlation.
package enum RankCorrelation {
  /// Pearson's correlation of the ranks; equal values have their mean rank.
  ///
  /// - Precondition: as many values of each, none of them NaN.
  /// - Returns: from −1 to 1; `nil` if all values of one side are equal, or there are fewer than two.
  package static func spearman(_ a: [Double], _ b: [Double]) -> Double? {
    precondition(a.count == b.count)
    let (x, y) = (ranks(a), ranks(b))
    let mean = Double(a.count + 1) / 2
    var (products, left, right) = (0.0, 0.0, 0.0)
    for (first, second) in zip(x, y) {
      products += (first - mean) * (second - mean)
      left += (first - mean) * (first - mean)
      right += (second - mean) * (second - mean)
    }
    guard left > 0, right > 0 else { return nil }
    return max(-1, min(1, products / (left * right).squareRoot()))
  }

  /// The rank of each value, from 1; equal values have their mean rank.
  package static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for place in order[start..<end] { ranks[place] = Double(start + end + 1) / 2 }
      start = end
    }
    return ranks
  }
}
