import DataSchema
import Tables
import Tasks

/// A model's answers while one column takes one value after the other in all examples: scikit-learn's
/// `partial_dependence` with `kind="both"` and `method="brute"`.
package struct PartialDependence: Codable, Sendable, Equatable {
  /// The values that a column takes.
  package enum Grid: Codable, Sendable, Equatable {
    /// Ascending.
    case numbers([Double])
    case categories([String])

    package var count: Int {
      switch self {
      case .numbers(let values): values.count
      case .categories(let names): names.count
      }
    }
  }

  package let column: String
  package let grid: Grid
  /// What the answers are: classes, labels or numbers.
  package let outputs: [String]
  /// The mean answer of all examples, [output, value]: probabilities, or predicted numbers.
  package let averages: [[Double]]
  /// The answers of some examples (individual conditional expectation), [output, example, value].
  package let lines: [[[Double]]]
  /// The deciles of a column of numbers; empty for categories.
  package let deciles: [Double]
  /// How many examples have each category; empty for numbers.
  package let counts: [Int]
}

extension ExplainedTable {
  /// The most points of a grid.
  package static let mostGridPoints = 100

  /// The values that a column takes: those that occur if there are fewer than ``mostGridPoints``, else so many in
  /// equal steps from the 5th to the 95th percentile; categories as they occur, a boolean by its words. Missing values are not among them.
  ///
  /// - Returns: `nil` if a column holds one value or none, or its percentiles are the same.
  package func grid(of column: Int) -> PartialDependence.Grid? {
    switch columns[column].values {
    case .numbers(let values):
      return Self.grid(of: values.filter { !$0.isNaN }.map(Double.init)).map {
        .numbers($0)
      }
    case .categories(let categories):
      let present = Set(categories.codes.filter { $0 >= 0 }).sorted()
      if present.count < 2 { return nil }
      return .categories(present.map { categories.names[Int($0)] })
    case .texts: return nil
    }
  }

  /// The grid of a column of numbers.
  static func grid(of values: [Double]) -> [Double]? {
    let sorted = values.sorted()
    var distinct: [Double] = []
    for value in sorted where distinct.last != value { distinct.append(value) }
    if distinct.count < 2 { return nil }
    if distinct.count < mostGridPoints { return distinct }
    let (low, high) = (percentile(sorted, 0.05), percentile(sorted, 0.95))
    guard high - low > 1e-8 + 1e-5 * abs(high) else { return nil }
    let steps = Double(mostGridPoints - 1)
    return (0..<mostGridPoints).map {
      $0 == mostGridPoints - 1 ? high : low + (high - low) * Double($0) / steps
    }
  }

  /// A quantile as SciPy's `mquantiles` defines it by default (Cunnane's plotting positions, α = β = 0.4).
  static func percentile(_ sorted: [Double], _ share: Double) -> Double {
    let n = Double(sorted.count)
    let position = n * share + 0.4 + share * 0.2
    let below = min(max(position, 1), n - 1).rounded(.down)
    let rest = min(max(position - below, 0), 1)
    let index = Int(below)
    if sorted.count == 1 { return sorted[0] }
    return (1 - rest) * sorted[index - 1] + rest * sorted[index]
  }

  /// The partial dependence on a column.
  ///
  /// - Parameter lines: how many examples are kept one by one: the first ones.
  /// - Returns: `nil` if the column has no ``grid(of:)``.
  package func dependence(on column: Int, lines: Int) throws -> PartialDependence? {
    guard let grid = grid(of: column) else { return nil }
    let width = answers.layout.outputs.count
    let kept = min(lines, count)
    var averages = [[Double]](repeating: [], count: width)
    var examples = [[[Double]]](
      repeating: Array(repeating: [], count: kept), count: width)
    try answer(variants: grid.count) { place, number, vectors in
      let part = parts[number]
      let fitted = part.columns[column]
      let encoded: [Float]
      switch grid {
      case .numbers(let values): encoded = fitted.encoded(values[place])
      case .categories(let names) where fitted.type == .category:
        encoded = fitted.encoded(names[place])
      case .categories(let names):
        encoded = fitted.encoded(fitted.categories?.last == names[place] ? 1 : 0)
      }
      let range = part.range(of: column)
      for row in 0..<part.count {
        for (offset, value) in encoded.enumerated() {
          vectors[row * part.width + range.lowerBound + offset] = value
        }
      }
    } receive: { _, answers in
      let values = answers.probabilities
      for output in 0..<width {
        var sum = 0.0
        for row in 0..<count { sum += values[row * width + output] }
        averages[output].append(sum / Double(count))
        for row in 0..<kept { examples[output][row].append(values[row * width + output]) }
      }
    }
    return PartialDependence(
      column: columns[column].name, grid: grid, outputs: outputNames, averages: averages,
      lines: examples, deciles: deciles(of: column), counts: counts(of: column, grid))
  }

  /// What the outputs are called.
  package var outputNames: [String] {
    let names = task.target.kind.names
    let layout = answers.layout
    if names.count == layout.outputs.count { return names }
    return layout.targets.count == layout.outputs.count ? layout.targets : layout.outputs
  }

  private func deciles(of column: Int) -> [Double] {
    guard case .numbers(let values) = columns[column].values else { return [] }
    let sorted = values.filter { !$0.isNaN }.map(Double.init).sorted()
    if sorted.isEmpty { return [] }
    return (1...9).map { Self.percentile(sorted, Double($0) / 10) }
  }

  private func counts(of column: Int, _ grid: PartialDependence.Grid) -> [Int] {
    guard case .categories(let found) = columns[column].values, case .categories(let names) = grid
    else { return [] }
    return names.map { name in
      found.codes.count { $0 >= 0 && found.names[Int($0)] == name }
    }
  }
}
