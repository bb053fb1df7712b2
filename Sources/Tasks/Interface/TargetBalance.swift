import DataSchema
import Statistics

/// How the targets of some examples are distributed over the classes, labels or numbers of a task.
package struct TargetBalance: Codable, Sendable, Equatable {
  /// A count for each class or label, in their order.
  package struct Counts: Codable, Sendable, Equatable {
    /// What is counted, such as `examples` or `pixels`.
    package var unit: String
    package var values: [Int]

    package init(_ unit: String, _ values: [Int]) {
      self.unit = unit
      self.values = values
    }
  }

  /// The finite values of one number.
  package struct Numbers: Codable, Sendable, Equatable {
    package var count: Int
    package var minimum: Double
    package var mean: Double
    package var maximum: Double
    /// With n − 1 in the denominator; `nil` for a single value.
    package var standardDeviation: Double?

    enum CodingKeys: String, CodingKey {
      case count, minimum, mean, maximum
      case standardDeviation = "standard_deviation"
    }
  }

  package var counts: [Counts]
  /// In the order of the task's numbers, `nil` for one without finite values; empty for a task without numbers.
  package var numbers: [Numbers?]

  package init(counts: [Counts] = [], numbers: [Numbers?] = []) {
    self.counts = counts
    self.numbers = numbers
  }

  /// The distribution over the examples of both, which share none.
  ///
  /// - Precondition: both are of the same task.
  package func merged(with other: TargetBalance) -> TargetBalance {
    TargetBalance(
      counts: zip(counts, other.counts).map { one, two in
        Counts(one.unit, zip(one.values, two.values).map(+))
      },
      numbers: zip(numbers, other.numbers).map { one, two in
        guard let one, let two else { return one ?? two }
        return one.merged(with: two)
      })
  }
}

extension TargetBalance.Numbers {
  /// `nil` if no value is finite.
  package init?(_ values: [Float]) {
    let values = values.map(Double.init).filter(\.isFinite)
    guard let summary = SampleSummary(values), let least = values.min(), let most = values.max()
    else { return nil }
    self.init(
      count: values.count, minimum: least, mean: summary.mean, maximum: most,
      standardDeviation: summary.standardDeviation)
  }

  /// Means and sums of squared deviations combine as in Chan, Golub and LeVeque (1979).
  func merged(with other: Self) -> Self {
    let (n, m) = (Double(count), Double(other.count))
    let distance = other.mean - mean
    func squares(_ numbers: Self) -> Double {
      let deviation = numbers.standardDeviation ?? 0
      return deviation * deviation * Double(numbers.count - 1)
    }
    let sum = squares(self) + squares(other) + distance * distance * n * m / (n + m)
    return Self(
      count: count + other.count, minimum: min(minimum, other.minimum),
      mean: mean + distance * m / (n + m), maximum: max(maximum, other.maximum),
      standardDeviation: (sum / (n + m - 1)).squareRoot())
  }
}

extension Task {
  package func balance(_ targets: Targets, _ rows: [Int]) -> TargetBalance { TargetBalance() }
}
