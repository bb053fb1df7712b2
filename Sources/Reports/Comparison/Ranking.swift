import Report
import RunRecord
import Statistics

/// Which of several runs is the best by a score: one that is better than every other by more than noise.
///
/// The pairs are tested as `runner diff` tests them, and corrected by Holm for their number. A score
/// that has no test, and runs that do not share their examples, have no best.
struct Ranking {
  private let runs: [ComparedRun]
  private let split: String
  /// Of each pair that was needed, the smaller index first.
  private var tables: [[Int]: ScoreTable] = [:]

  init(_ runs: [ComparedRun], _ split: String) {
    self.runs = runs
    self.split = split
  }

  /// - Parameters:
  ///   - values: one a run.
  ///   - isHigherBetter: `nil` if the score has no direction.
  mutating func best(_ key: String, _ values: [Double?], isHigherBetter: Bool?) -> Set<Int> {
    guard let isHigherBetter else { return [] }
    let known = values.indices.filter { values[$0]?.isNaN == false }
    guard known.count > 1 else { return [] }
    let top = known.max { first, second in
      guard let x = values[first], let y = values[second] else { return false }
      return isHigherBetter ? x < y : y < x
    }
    guard let top else { return [] }
    var probabilities: [Double?] = []
    for other in known where other != top {
      guard values[other] != values[top], let row = table(top, other)[key], let test = row.test
      else { return [] }
      probabilities.append(test.adjusted)
    }
    let adjusted = Holm.adjusted(probabilities)
    return adjusted.allSatisfy { $0.map { $0 < ScoreChange.alpha } ?? false } ? [top] : []
  }

  private mutating func table(_ first: Int, _ second: Int) -> ScoreTable {
    let pair = [min(first, second), max(first, second)]
    if let known = tables[pair] { return known }
    let (a, b) = (runs[pair[0]], runs[pair[1]])
    let (split, reason) = PairedSplit.make(self.split, a, b)
    let table = RunDiff.table(
      self.split, ScoreTable.plain(self.split, a, b), a, b, split, reason)
    tables[pair] = table
    return table
  }
}
