/// The distinct values of one target column, with their counts.
package struct TargetDistribution: Sendable {
  /// Ascending.
  package let values: [(value: Double, count: Int)]
  package let count: Int

  package init(values: [(value: Double, count: Int)]) {
    self.values = values.filter { $0.count > 0 }.sorted { $0.value < $1.value }
    count = values.reduce(0) { $0 + $1.count }
  }

  package init(_ values: [Float]) {
    let sorted = values.sorted()
    var counted: [(value: Double, count: Int)] = []
    for value in sorted {
      if let last = counted.last, last.value == Double(value) {
        counted[counted.count - 1].count += 1
      } else {
        counted.append((Double(value), 1))
      }
    }
    self.values = counted
    count = values.count
  }

  /// The mean of `function` over the values; 0 without values.
  package func mean(_ function: (Double) -> Double) -> Double {
    if count == 0 { return 0 }
    return values.reduce(0) { $0 + function($1.value) * Double($1.count) } / Double(count)
  }

  package var mean: Double { mean { $0 } }

  /// The median; 0 without values.
  package var median: Double {
    func value(at place: Int) -> Double {
      var passed = 0
      for item in values {
        passed += item.count
        if place < passed { return item.value }
      }
      return values.last?.value ?? 0
    }
    return (value(at: (count - 1) / 2) + value(at: count / 2)) / 2
  }
}
