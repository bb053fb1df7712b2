import DataSchema

/// Looks for columns that say nothing or too much.
struct ColumnSearch {
  /// Strength from which a column predicts the target almost perfectly.
  static let leastStrength = 0.99
  /// Examples of a class or label below which nothing is concluded.
  private static let leastExamples = 10

  /// Row-major.
  let values: [Float]
  /// Names of the columns.
  let names: [String]
  let target: DataField
  let targets: Targets

  /// - Parameter limit: entries of each list.
  func findings(limit: Int) -> ColumnFindings {
    var (constant, notFinite): ([String], [String]) = ([], [])
    var leaking: [LeakingColumn] = []
    for (place, name) in names.enumerated() {
      let column = stride(from: place, to: values.count, by: names.count).map { values[$0] }
      let rows = column.indices.filter { column[$0].isFinite }
      if rows.count < column.count { notFinite.append(name) }
      let finite = rows.map { column[$0] }
      guard let first = finite.first else { continue }
      if finite.allSatisfy({ $0 == first }) {
        if rows.count == column.count, rows.count > 1 { constant.append(name) }
      } else if let leak = leak(name, finite, targets.selecting(rows)) {
        leaking.append(leak)
      }
    }
    leaking.sort { ($1.value, $0.name) < ($0.value, $1.name) }
    return ColumnFindings(
      count: names.count, constant: CappedList(constant, limit: limit),
      leaking: CappedList(leaking, limit: limit), notFinite: CappedList(notFinite, limit: limit))
  }

  private func leak(_ name: String, _ values: [Float], _ targets: Targets) -> LeakingColumn? {
    func strong(
      _ target: String?, _ measure: LeakingColumn.Measure, _ value: Double?
    ) -> LeakingColumn? {
      guard let value, value >= Self.leastStrength else { return nil }
      return LeakingColumn(name: name, target: target, measure: measure, value: value)
    }
    func area(_ target: String?, _ isPositive: [Bool]) -> LeakingColumn? {
      let positives = isPositive.count { $0 }
      guard min(positives, isPositive.count - positives) >= Self.leastExamples else { return nil }
      return strong(target, .auc, ColumnStrength.auc(values, isPositive))
    }
    switch target.kind {
    case .category(let classes):
      let numbers = targets.classNumbers.map(Int.init)
      guard numbers.allSatisfy(classes.indices.contains) else { return nil }
      if classes.count == 2 { return area(nil, numbers.map { $0 == 1 }) }
      var counts = [Int](repeating: 0, count: classes.count)
      for number in numbers { counts[number] += 1 }
      // Where nearly all examples are of one class, every column predicts it.
      guard Double(counts.max() ?? 0) < 0.95 * Double(numbers.count) else { return nil }
      return strong(
        nil, .correctShare, ColumnStrength.correctShare(values, numbers, count: classes.count))
    case .labelSet(let labels):
      return labels.enumerated().compactMap { place, label in
        area(label, targets.column(place).map { $0 > 0.5 })
      }.max { $0.value < $1.value }
    case .numbers(let quantities):
      guard targets.count >= Self.leastExamples else { return nil }
      return quantities.enumerated().compactMap { place, quantity in
        strong(
          quantity.name, .correlation,
          ColumnStrength.correlation(values, targets.column(place)))
      }.max { $0.value < $1.value }
    default: return nil
    }
  }
}
