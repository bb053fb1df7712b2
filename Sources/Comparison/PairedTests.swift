import ExperimentConfig
import Metrics
import Report
import RunRecord
import Statistics

/// Tests on pooled predictions of the same examples.
enum PairedTests {
  /// Above this many examples the mean of differences is normal for every purpose, and ten thousand
  /// resamples of them would take seconds.
  static let mostResampled = 20_000
  /// Of the losses that the summary and the predictions say; they come from numbers of 32 bits.
  private static let tolerance = 1e-3

  static func table(
    _ rows: [ScoreChange], _ pairs: PairedSplit, _ a: ComparedRun, _ b: ComparedRun
  ) -> ScoreTable {
    let resamples = CellBootstrap(pairs).differences()
    var rows = rows.map { row in
      var row = row
      if row.a != nil, row.b != nil, let values = resamples[row.key] {
        row.interval = interval(values, row.key, pairs.rows.count)
      }
      return row
    }
    func place(_ key: String) -> Int? {
      rows.firstIndex { $0.key == key && $0.a != nil && $0.b != nil }
    }
    if let place = place("accuracy") {
      let counts = pairs.discordant
      let test = McNemar(onlyFirst: counts.onlyA, onlySecond: counts.onlyB)
      let statistic =
        test.method == .chiSquared ? ", χ² = \(NumberText.fixed(test.chiSquared, 2))" : ""
      rows[place].test = .init(
        name: "McNemar, \(test.method.rawValue)",
        detail: "only A right \(counts.onlyA), only B right \(counts.onlyB)\(statistic)",
        p: test.pValue, adjusted: test.pValue)
    }
    if let place = place("f1_macro"), let values = resamples["f1_macro"] {
      rows[place].test = .init(
        name: "paired bootstrap", detail: "\(values.count) resamples", p: p(values), adjusted: 1)
    }
    for key in ["loss", "log_loss"] {
      guard let place = place(key), let losses = losses(pairs),
        isSame(rows[place].a, losses.a), isSame(rows[place].b, losses.b)
      else { continue }
      let result = means(zip(losses.a, losses.b).map { $1 - $0 })
      rows[place].interval = result.interval
      // One quantity under two names is tested once.
      if key == "log_loss", rows.contains(where: { $0.key == "loss" && $0.test != nil }) {
        continue
      }
      rows[place].test = result.test
    }
    return ScoreTable(
      split: pairs.split, rows: adjusted(rows), reason: nil,
      basis: "the same \(NumberText.grouped(pairs.rows.count)) examples" + models(pairs.split, a))
  }

  /// Of which kind the models of both runs are, where that is not one model.
  private static func models(_ split: String, _ run: ComparedRun) -> String {
    guard let basis = run.evidence.basis(of: split), basis.by == .ensemble else { return "" }
    return ", each answered by an \(basis.modelsText)"
  }

  /// Holm's correction over all tests of a split.
  static func adjusted(_ rows: [ScoreChange]) -> [ScoreChange] {
    let probabilities = Holm.adjusted(rows.map { $0.test?.p })
    return zip(rows, probabilities).map { row, p in
      var row = row
      if let p { row.test?.adjusted = p }
      return row
    }
  }

  // MARK: Losses

  private static func losses(_ pairs: PairedSplit) -> (a: [Double], b: [Double])? {
    // What follows from scores and what follows from rounded probabilities are two quantities.
    if pairs.a.link != pairs.b.link { return nil }
    let all = (pairs.a.pooled.logLosses, pairs.b.pooled.logLosses)
    let a = pairs.rows.map { all.0[$0.0] }
    let b = pairs.rows.map { all.1[$0.1] }
    return a.allSatisfy(\.isFinite) && b.allSatisfy(\.isFinite) ? (a, b) : nil
  }

  /// Whether the summary's loss is the mean of these.
  private static func isSame(_ summary: Double?, _ losses: [Double]) -> Bool {
    guard let summary, !losses.isEmpty else { return false }
    let mean = losses.reduce(0, +) / Double(losses.count)
    return abs(mean - summary) <= tolerance * max(1e-3, abs(summary))
  }

  /// The mean of one difference an example: a paired t test, whose interval is the bootstrap's where
  /// there are not too many examples for it.
  private static func means(
    _ differences: [Double]
  ) -> (interval: Interval?, test: ScoreChange.Test?) {
    guard let summary = SampleSummary(differences), summary.count > 1 else { return (nil, nil) }
    let error = (summary.standardDeviation ?? 0) / Double(summary.count).squareRoot()
    let p =
      error > 0
      ? StudentT(degrees: Double(summary.count - 1)).twoSided(summary.mean / error)
      : summary.mean == 0 ? 1 : 0
    let interval =
      differences.count > mostResampled
      ? summary.interval() : PairedBootstrap.meanDifference(differences).interval
    return (
      interval,
      .init(
        name: "paired t", detail: "\(NumberText.grouped(summary.count)) examples", p: p,
        adjusted: p)
    )
  }

  // MARK: Resamples

  private static func interval(_ values: [Double], _ key: String, _ count: Int) -> Interval? {
    let known = values.filter(\.isFinite)
    return Interval(
      percentilesOf: known, drawn: values.count,
      method: IntervalMethod(.pairedBootstrap, over: count, .examples),
      within: MetricRegistry.differenceRange(of: key))
  }

  /// Twice the share of resamples on the rarer side of 0, of which the data itself is one: never 0.
  /// Davison and Hinkley, "Bootstrap Methods and their Application" (1997), section 4.2.
  static func p(_ values: [Double]) -> Double {
    let below = values.count { $0 <= 0 } + 1
    let above = values.count { $0 >= 0 } + 1
    return min(1, 2 * Double(min(below, above)) / Double(values.count + 1))
  }
}
