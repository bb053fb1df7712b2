import DataSchema

// The estimates of one column.
extension TableEncoder {
  /// - Parameters:
  ///   - present: the values that are not missing.
  ///   - count: all of them.
  func fit(
    _ column: Column, _ present: [Float], count: Int
  ) throws(DataError) -> FittedColumn {
    let missing = count - present.count
    let fill: Double?
    switch column.number {
    case .error: fill = nil
    case .constant(let value): fill = value
    case _ where present.isEmpty: throw noValues(column)
    case .mean: fill = NumberEstimates.mean(present, plus: 0, of: 0)
    case .median: fill = NumberEstimates.median(present)
    case .mostFrequent: fill = NumberEstimates.mostFrequent(present)
    }
    var scale: FittedColumn.Scale?
    if column.standardize {
      scale = NumberEstimates.scale(present, plus: missing, of: fill ?? 0)
    }
    return FittedColumn(
      name: column.name, type: column.type, imputation: column.number.name, fill: fill,
      scale: scale, categories: column.type == .boolean ? column.categories : nil,
      fillCategory: nil, unseen: nil)
  }

  func fit(
    _ column: Column, _ categories: TableColumn.Categories, _ rows: some Collection<Int>
  ) throws(DataError) -> FittedColumn {
    var counts = [Int](repeating: 0, count: categories.names.count)
    var missing = 0
    for row in rows {
      let code = Int(categories.codes[row])
      if code < 0 { missing += 1 } else { counts[code] += 1 }
    }
    var fill: String?
    switch column.category {
    case .error: fill = nil
    case .ownCategory: fill = EncodingOptions.ownCategory
    case .mostFrequent:
      guard let most = counts.max(), most > 0, let first = counts.firstIndex(of: most) else {
        throw noValues(column)
      }
      fill = categories.names[first]
    }
    var seen = Set(categories.names.indices.filter { counts[$0] > 0 }.map { categories.names[$0] })
    if missing > 0, let fill { seen.insert(fill) }
    return FittedColumn(
      name: column.name, type: column.type, imputation: column.category.rawValue, fill: nil,
      scale: nil, categories: column.categories, fillCategory: fill,
      unseen: column.categories.filter { !seen.contains($0) })
  }
}

/// Estimates from numbers, in 64 bits. `plus` further values `of` the same size are those that replace missing
/// ones.
enum NumberEstimates {
  static func mean(_ values: [Float], plus extra: Int, of fill: Double) -> Double {
    let count = Double(values.count + extra)
    let rough = (values.reduce(0) { $0 + Double($1) } + Double(extra) * fill) / count
    // The second pass takes out what the first one rounded.
    let rest = values.reduce(0) { $0 + (Double($1) - rough) } + Double(extra) * (fill - rough)
    return rough + rest / count
  }

  /// The middle value, or the mean of the middle two.
  static func median(_ values: [Float]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
      ? (Double(sorted[middle - 1]) + Double(sorted[middle])) / 2 : Double(sorted[middle])
  }

  /// The smallest of the most frequent values.
  static func mostFrequent(_ values: [Float]) -> Double {
    let sorted = values.sorted()
    var best: (value: Float, count: Int) = (sorted[0], 0)
    var start = 0
    for index in sorted.indices
    where index + 1 == sorted.count || sorted[index + 1] != sorted[index] {
      let count = index + 1 - start
      if count > best.count { best = (sorted[index], count) }
      start = index + 1
    }
    return Double(best.value)
  }

  /// Mean and standard deviation with n in the divisor. The deviation of a column without variation beyond
  /// rounding is 1, by the bound of scikit-learn's `StandardScaler`.
  static func scale(
    _ values: [Float], plus extra: Int, of fill: Double
  ) -> FittedColumn.Scale {
    let count = Double(values.count + extra)
    let mean = mean(values, plus: extra, of: fill)
    let squares =
      values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
      + Double(extra) * (fill - mean) * (fill - mean)
    let variance = squares / count
    let rounding = count * mean * Double.ulpOfOne
    let isConstant = variance <= count * Double.ulpOfOne * variance + rounding * rounding
    return FittedColumn.Scale(mean: mean, deviation: isConstant ? 1 : variance.squareRoot())
  }
}
