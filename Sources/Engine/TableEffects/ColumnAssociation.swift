import Statistics
import Tables

/// How much two columns of a table say about each other.
package struct ColumnAssociation: Codable, Sendable, Equatable {
  package enum Measure: String, Codable, Sendable {
    /// Spearman's ρ of two columns of numbers, from −1 to 1.
    case spearman = "Spearman's ρ"
    /// The correlation ratio η of numbers, as ranks, within categories, from 0 to 1.
    case correlationRatio = "correlation ratio η"
    /// Cramér's V of two columns of categories, from 0 to 1.
    case cramer = "Cramér's V"
  }

  package let first: String
  package let second: String
  package let measure: Measure
  package let value: Double
  /// The examples for which neither value is missing.
  package let examples: Int

  /// From this absolute value on, two columns are reported.
  package static let strong = 0.7

  /// - Returns: `nil` if one of the columns does not vary, or is no column of numbers or categories.
  package init?(_ a: TableColumn, _ b: TableColumn) {
    guard let left = Self.values(a), let right = Self.values(b) else { return nil }
    let rows = left.indices.filter { !left[$0].isNaN && !right[$0].isNaN }
    let (x, y) = (rows.map { left[$0] }, rows.map { right[$0] })
    let found: Double?
    switch (a.type == .category, b.type == .category) {
    case (false, false):
      measure = .spearman
      found = RankCorrelation.spearman(x, y)
    case (true, true):
      measure = .cramer
      found = Self.cramer(x, y)
    case (true, false):
      measure = .correlationRatio
      found = Self.ratio(RankCorrelation.ranks(y), within: x)
    case (false, true):
      measure = .correlationRatio
      found = Self.ratio(RankCorrelation.ranks(x), within: y)
    }
    guard let found else { return nil }
    (first, second, value, examples) = (a.name, b.name, found, rows.count)
  }

  /// Numbers, or the numbers of categories; a missing value as NaN.
  private static func values(_ column: TableColumn) -> [Double]? {
    switch column.values {
    case .numbers(let values): values.map(Double.init)
    case .categories(let categories): categories.codes.map { $0 < 0 ? .nan : Double($0) }
    case .texts: nil
    }
  }

  /// The square root of the share of the variance that lies between categories.
  private static func ratio(_ values: [Double], within categories: [Double]) -> Double? {
    let mean = values.reduce(0, +) / Double(max(values.count, 1))
    let total = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    var sums: [Double: (count: Double, sum: Double)] = [:]
    for (value, category) in zip(values, categories) {
      sums[category, default: (0, 0)].count += 1
      sums[category, default: (0, 0)].sum += value
    }
    guard total > 0, sums.count > 1 else { return nil }
    let between = sums.sorted { $0.key < $1.key }.reduce(0.0) {
      let difference = $1.value.sum / $1.value.count - mean
      return $0 + $1.value.count * difference * difference
    }
    return min(1, (between / total).squareRoot())
  }

  private static func cramer(_ x: [Double], _ y: [Double]) -> Double? {
    var rows: [Double: Double] = [:]
    var columns: [Double: Double] = [:]
    var cells: [[Double]: Double] = [:]
    for (a, b) in zip(x, y) {
      rows[a, default: 0] += 1
      columns[b, default: 0] += 1
      cells[[a, b], default: 0] += 1
    }
    let smaller = min(rows.count, columns.count)
    guard smaller > 1 else { return nil }
    let n = Double(x.count)
    var square = 0.0
    for (a, row) in rows.sorted(by: { $0.key < $1.key }) {
      for (b, column) in columns.sorted(by: { $0.key < $1.key }) {
        let expected = row * column / n
        let difference = (cells[[a, b]] ?? 0) - expected
        square += difference * difference / expected
      }
    }
    return min(1, (square / n / Double(smaller - 1)).squareRoot())
  }

  /// The pairs of columns with an absolute value of at least ``strong``, strongest first.
  package static func strongPairs(_ columns: [TableColumn]) -> [ColumnAssociation] {
    var found: [ColumnAssociation] = []
    for first in columns.indices {
      for second in columns.indices where second > first {
        guard let pair = ColumnAssociation(columns[first], columns[second]),
          abs(pair.value) >= strong
        else { continue }
        found.append(pair)
      }
    }
    return found.enumerated().sorted {
      (-abs($0.element.value), $0.offset) < (-abs($1.element.value), $1.offset)
    }.map(\.element)
  }
}
