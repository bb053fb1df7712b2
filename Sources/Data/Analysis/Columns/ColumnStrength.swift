/// How well one column predicts a target alone.
enum ColumnStrength {
  /// The area under the ROC curve of `values` as a score, or of their negatives if that is larger; ties count half.
  ///
  /// - Returns: `nil` if one of the two outcomes does not occur.
  static func auc(_ values: [Float], _ isPositive: [Bool]) -> Double? {
    let positives = isPositive.count { $0 }
    let negatives = isPositive.count - positives
    guard positives > 0, negatives > 0 else { return nil }
    let order = values.indices.sorted { values[$0] < values[$1] }
    var (ranks, start) = (0.0, 0)
    while start < order.count {
      var end = start
      var among = 0
      while end < order.count, values[order[end]] == values[order[start]] {
        if isPositive[order[end]] { among += 1 }
        end += 1
      }
      // Ranks from 1; equal values share the mean of theirs.
      ranks += Double(among) * Double(start + 1 + end) / 2
      start = end
    }
    let (p, n) = (Double(positives), Double(negatives))
    let area = (ranks - p * (p + 1) / 2) / (p * n)
    return max(area, 1 - area)
  }

  /// The share of examples whose class is the most frequent one among those with similar values: with the same value if
  /// few occur, else in ranges with equal numbers of examples, at least 20 each.
  ///
  /// - Returns: `nil` for too few examples.
  static func correctShare(_ values: [Float], _ classes: [Int], count: Int) -> Double? {
    let order = values.indices.sorted { values[$0] < values[$1] }
    let bins = min(64, values.count / 20)
    guard bins >= 2 else { return nil }
    var distinct = 1
    for (a, b) in zip(order, order.dropFirst()) where values[a] != values[b] { distinct += 1 }
    let isCategory = distinct <= bins
    var (correct, start, bin) = (0, 0, 1)
    while start < order.count {
      var end = isCategory ? start + 1 : max(start + 1, order.count * bin / bins)
      // Equal values stay together.
      while end < order.count, values[order[end]] == values[order[end - 1]] { end += 1 }
      var counts = [Int](repeating: 0, count: count)
      for place in start..<end { counts[classes[order[place]]] += 1 }
      correct += counts.max() ?? 0
      (start, bin) = (end, bin + 1)
    }
    return Double(correct) / Double(order.count)
  }

  /// The absolute value of Pearson's correlation.
  ///
  /// - Returns: `nil` if one of the two does not vary.
  static func correlation(_ values: [Float], _ targets: [Float]) -> Double? {
    let n = Double(values.count)
    let meanX = values.reduce(0) { $0 + Double($1) } / n
    let meanY = targets.reduce(0) { $0 + Double($1) } / n
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for (x, y) in zip(values, targets) {
      let (dx, dy) = (Double(x) - meanX, Double(y) - meanY)
      (xx, yy, xy) = (xx + dx * dx, yy + dy * dy, xy + dx * dy)
    }
    guard xx > 0, yy > 0 else { return nil }
    return min(1, abs(xy) / (xx * yy).squareRoot())
  }
}
