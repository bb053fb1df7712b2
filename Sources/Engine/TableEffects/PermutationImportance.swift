import Diagnostics
import Randomness
import Statistics
import Tables
import Tasks

/// How much a model's primary score gets worse if a column is permuted: scikit-learn's `permutation_importance`.
///
/// The values of a column are exchanged between examples, so that it no longer says anything about them; the numbers
/// that a category is encoded as are exchanged together. With folds, examples exchange values with others of
/// their fold.
package struct PermutationImportance: Codable, Sendable, Equatable {
  package let column: String
  /// How much worse the score is in each repetition; negative if it is better.
  package let drops: [Double]
  /// The mean of ``drops``.
  package let mean: Double
  /// The standard deviation of ``drops``, with n in the divisor.
  package let deviation: Double
  /// The 95% bootstrap interval of ``mean`` over the examples; `nil` if it does not vary over them.
  package let interval: Bounds?

  package struct Bounds: Codable, Sendable, Equatable {
    package let lower: Double
    package let upper: Double

    package init(lower: Double, upper: Double) {
      (self.lower, self.upper) = (lower, upper)
    }
  }

  package init(column: String, drops: [Double], interval: Bounds?) {
    self.column = column
    self.drops = drops
    self.interval = interval
    let count = Double(max(drops.count, 1))
    let mean = drops.reduce(0, +) / count
    self.mean = mean
    deviation = (drops.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
  }

  /// The resamples of an interval.
  package static let resamples = 300
}

extension ExplainedTable {
  /// A score of a run, and which of two values is better.
  package struct Score: Codable, Sendable, Equatable {
    /// As in `summary.json`.
    package let key: String
    package let value: Double
    package let higherIsBetter: Bool

    package init(key: String, value: Double, higherIsBetter: Bool) {
      (self.key, self.value, self.higherIsBetter) = (key, value, higherIsBetter)
    }
  }

  /// The primary score on the examples as they are.
  ///
  /// - Throws: `InputError` if it is not defined for them.
  package func score() throws -> Score {
    let metric = task.primaryMetric
    guard let found = metric.values(of: task.sample(answers)).first else {
      throw ProgramFault("the primary metric has no value")
    }
    guard let value = found.value else {
      throw InputError(
        "\(found.key) is not defined for these \(count) examples: \(found.reason ?? "")")
    }
    return Score(
      key: found.key, value: value, higherIsBetter: type(of: metric).higherIsBetter ?? true)
  }

  /// The importance of a column.
  ///
  /// Repetition r permutes with the stream (`permutation`, fold: part, step: r, unit: FNV-1a of the column's name) of
  /// the fixed seed 0.
  ///
  /// - Parameter repeats: at least 1.
  /// - Throws: `InputError` if the score is not defined with a permuted column.
  package func importance(of column: Int, repeats: Int) throws -> PermutationImportance {
    let unit = StableHash.fnv1a(columns[column].name)
    return try importance(
      of: column,
      orders: (0..<repeats).map { repetition in
        parts.enumerated().map { number, part in
          RandomStream(
            seed: 0, purpose: .permutation, fold: number, step: repetition, unit: unit
          ).permutation(part.count)
        }
      })
  }

  /// - Parameter orders: where the examples of each part take a column's values from, for each repetition.
  func importance(of column: Int, orders: [[[Int]]]) throws -> PermutationImportance {
    let name = columns[column].name
    let whole = try score()
    let sign = whole.higherIsBetter ? 1.0 : -1.0
    var permuted: [Predictions] = []
    try answer(variants: orders.count) { repetition, number, vectors in
      let part = parts[number]
      for place in part.range(of: column) {
        for (row, source) in orders[repetition][number].enumerated() {
          vectors[row * part.width + place] = part.vectors[source * part.width + place]
        }
      }
    } receive: { _, answers in
      permuted.append(answers)
    }
    let metric = task.primaryMetric
    let samples = permuted.map(task.sample)
    let drops = try samples.map { sample -> Double in
      guard let value = metric.values(of: sample).first?.value else {
        throw InputError("\(whole.key) is not defined with column '\(name)' permuted")
      }
      return sign * (whole.value - value)
    }
    return PermutationImportance(
      column: name, drops: drops, interval: interval(samples, metric, sign))
  }

  /// Resamples the examples, the same ones for the score as it is and with every permutation.
  private func interval(
    _ samples: [any ScoredSample], _ metric: any Metric, _ sign: Double
  ) -> PermutationImportance.Bounds? {
    let base = task.sample(answers)
    var found: [Double] = []
    Bootstrap.forEachResample(of: count, PermutationImportance.resamples) { times in
      base.repeated(times)
      guard let whole = metric.values(of: base).first?.value else { return }
      var sum = 0.0
      for sample in samples {
        sample.repeated(times)
        guard let value = metric.values(of: sample).first?.value else { return }
        sum += sign * (whole - value)
      }
      found.append(sum / Double(samples.count))
    }
    let interval = Interval(
      percentilesOf: found, drawn: PermutationImportance.resamples,
      method: IntervalMethod(.bootstrap, over: count, .examples))
    return interval.map { PermutationImportance.Bounds(lower: $0.lower, upper: $0.upper) }
  }
}
