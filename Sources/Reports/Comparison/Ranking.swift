import Report
import RunRecord
import Statistics

/// The best of several runs by a score: the run that is better than every other by more than noise.
///
/// Pairs are tested as in `runner diff`, with Holm's correction for the number of pairs. There is
/// no best run for a score without a test, or if the runs do not share their examples.
struct Ranking {
  private let runs: [ComparedRun]
  private let split: String
  /// The tables of the pairs computed so far, keyed by both indices, the smaller first.
  private var tables: [[Int]: ScoreTable] = [:]

  init(_ runs: [ComparedRun], _ split: String) {
    self.runs = runs
    self.split = split
  }

  /// - Parameters:
  ///   - values: one per run.
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
