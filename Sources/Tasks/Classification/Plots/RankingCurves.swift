import Tasks

/// The ROC and precision-recall curves of one class against the rest.
package struct RankingCurves {
  package struct Point: Equatable {
    package var x: Double
    package var y: Double

    package init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// False and true positive rates, from (0, 0) to (1, 1).
  package let roc: [Point]
  /// Recall and precision by descending threshold, up to a recall of 1. Each precision applies back
  /// to the previous recall.
  package let precisionRecall: [Point]
  package let area: Double
  package let averagePrecision: Double

  /// - Parameter scores: of all classes, row-major, larger means more probable; see
  ///   ``rankScores(_:)``.
  /// - Returns: `nil` if all examples or none are of this class.
  package init?(_ table: PooledPredictions, _ scores: [Double], of index: Int) {
    let positives = table.labels.reduce(0) { $0 + ($1 == index ? 1 : 0) }
    let negatives = table.count - positives
    guard positives > 0, negatives > 0 else { return nil }
    let scores = (0..<table.count).map { row in
      (score: scores[row * table.classes + index], isHit: table.labels[row] == index)
    }.sorted { $0.score > $1.score }
    var roc = [Point(x: 0, y: 0)]
    var curve: [Point] = []
    var (hits, misses) = (0, 0)
    var (area, precision) = (0.0, 0.0)
    var position = 0
    while position < scores.count {
      let (hitsBefore, missesBefore) = (hits, misses)
      let score = scores[position].score
      // Tied examples move the curve in one step.
      while position < scores.count, scores[position].score == score {
        if scores[position].isHit { hits += 1 } else { misses += 1 }
        position += 1
      }
      area += Double(misses - missesBefore) * Double(hits + hitsBefore) / 2
      let share = Double(hits) / Double(hits + misses)
      precision += Double(hits - hitsBefore) * share
      roc.append(
        Point(x: Double(misses) / Double(negatives), y: Double(hits) / Double(positives)))
      guard hitsBefore < positives else { continue }
      curve.append(Point(x: Double(hits) / Double(positives), y: share))
    }
    self.roc = roc
    precisionRecall = curve
    self.area = area / Double(positives) / Double(negatives)
    averagePrecision = precision / Double(positives)
  }

  /// Scores that rank the examples of each class in the same order as the metrics do.
  package static func rankScores(_ table: PooledPredictions) -> [Double] {
    table.link.rankScores(table.scores, classes: table.classes)
  }

  /// The points at which curves are averaged: denser near 0, where good models differ.
  private static let grid = (0...600).map { Double($0 * $0) / 360_000 }

  /// The mean of the ROC curves at equal false positive rates.
  package static func meanROC(_ rankings: [RankingCurves]) -> [Point] {
    var sums = [Double](repeating: 0, count: grid.count)
    for ranking in rankings {
      let curve = ranking.roc
      var next = 0
      for (place, x) in grid.enumerated() {
        while next < curve.count, curve[next].x <= x { next += 1 }
        let before = curve[max(0, next - 1)]
        let after = curve[min(next, curve.count - 1)]
        let span = after.x - before.x
        sums[place] += span > 0 ? before.y + (after.y - before.y) * (x - before.x) / span : before.y
      }
    }
    let points = zip(grid, sums).map { Point(x: $0, y: $1 / Double(rankings.count)) }
    return [Point(x: 0, y: 0)] + points
  }

  /// The mean precision at equal recall.
  package static func meanPrecisionRecall(_ rankings: [RankingCurves]) -> [Point] {
    let recalls = grid.reversed().map { 1 - $0 }
    var sums = [Double](repeating: 0, count: recalls.count)
    for ranking in rankings {
      let curve = ranking.precisionRecall
      var next = 0
      for (place, recall) in recalls.enumerated() {
        while next < curve.count - 1, curve[next].x < recall - 1e-12 { next += 1 }
        sums[place] += curve[next].y
      }
    }
    return zip(recalls, sums).map { Point(x: $0, y: $1 / Double(rankings.count)) }
  }

  /// The precision-recall curve drawn as steps.
  package static func steps(_ curve: [Point]) -> [Point] {
    var x = 0.0
    return curve.flatMap { point in
      defer { x = point.x }
      return [Point(x: x, y: point.y), point]
    }
  }

  /// The curve without points that are closer than `distance` to the previous one or on a straight
  /// axis-parallel segment; looks the same when drawn.
  package static func thinned(_ curve: [Point], distance: Double = 0.0005) -> [Point] {
    var result: [Point] = []
    for (place, point) in curve.enumerated() {
      if let last = result.last, place < curve.count - 1 {
        let next = curve[place + 1]
        let isClose = abs(point.x - last.x) < distance && abs(point.y - last.y) < distance
        let isOnLine =
          point.x == last.x && point.x == next.x || point.y == last.y && point.y == next.y
        if isClose || isOnLine { continue }
      }
      result.append(point)
    }
    return result
  }
}
