import Tasks

/// The targets and outputs that metrics of numbers are computed from.
package final class RegressionSample: ScoredSample {
  let predictions: Predictions
  /// How often each example occurs in the sample; `nil` if each occurs once.
  private(set) var times: [Int32]?

  package init(_ predictions: Predictions) { self.predictions = predictions }

  package var count: Int { predictions.count }

  package func repeated(_ times: [Int32]) { self.times = times }

  /// The names of the targets.
  var names: [String] { predictions.layout.targets }

  lazy var isFinite: Bool =
    predictions.outputs.allSatisfy(\.isFinite) && predictions.targets.allSatisfy(\.isFinite)

  /// The target values of each column.
  private lazy var targets: [[Double]] = names.indices.map { column in
    (0..<count).map { Double(predictions.targets[$0 * names.count + column]) }
  }

  /// Output minus target, of each column.
  private lazy var errors: [[Double]] = names.indices.map { column in
    (0..<count).map {
      predictions.outputs[$0 * names.count + column]
        - Double(predictions.targets[$0 * names.count + column])
    }
  }

  private lazy var squares: [[Double]] = errors.map { $0.map { $0 * $0 } }
  private lazy var magnitudes: [[Double]] = errors.map { $0.map { abs($0) } }

  /// For each column, the example indices sorted by magnitude of error.
  private lazy var orders: [[Int]] = magnitudes.map { column in
    column.indices.sorted { column[$0] < column[$1] }
  }

  func meanSquare(_ column: Int) -> Double { mean(squares[column]) }

  func meanMagnitude(_ column: Int) -> Double { mean(magnitudes[column]) }

  /// The median of the absolute errors.
  func medianMagnitude(_ column: Int) -> Double {
    let values = magnitudes[column]
    let order = orders[column]
    func value(at place: Int) -> Double {
      guard let times else { return values[order[place]] }
      var passed = 0
      for index in order {
        passed += Int(times[index])
        if place < passed { return values[index] }
      }
      return values[order[order.count - 1]]
    }
    let (low, high) = (value(at: (count - 1) / 2), value(at: count / 2))
    return (low + high) / 2
  }

  /// The coefficient of determination. If all targets are equal: 1 if the outputs equal them,
  /// otherwise 0.
  func r2(_ column: Int) -> Double {
    let center = mean(targets[column])
    let residual = meanSquare(column)
    let total = mean(targets[column].map { ($0 - center) * ($0 - center) })
    if residual == 0 { return 1 }
    return total == 0 ? 0 : 1 - residual / total
  }

  private func mean(_ values: [Double]) -> Double {
    guard let times else { return NumpySum.sum(values) / Double(count) }
    var sum = 0.0
    for index in values.indices where times[index] > 0 {
      sum += Double(times[index]) * values[index]
    }
    return sum / Double(count)
  }
}
