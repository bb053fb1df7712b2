import ExperimentConfig
import Report
import RunRecord
import Statistics
import Tasks

/// Tests on pooled predictions of the same examples.
enum PairedTests {
  /// Above this many examples the t interval replaces the bootstrap: the mean difference is
  /// normally distributed for all practical purposes, and ten thousand resamples would take
  /// seconds.
  static let mostResampled = 20_000
  /// Relative tolerance between a loss in the summary and the one computed from predictions; both
  /// come from 32-bit floats.
  private static let tolerance = 1e-3

  static func table(
    _ rows: [ScoreChange], _ pairs: PairedSplit, _ a: ComparedRun, _ b: ComparedRun
  ) -> ScoreTable {
    let task = a.evidence.task
    let answers = pairs.answers
    let tests = Dictionary(task.pairedTests(answers).map { ($0.key, $0) }) { first, _ in first }
    var rows = rows.map { row in
      var row = row
      if row.a != nil, row.b != nil, let test = tests[row.key] {
        row.interval = test.interval
        row.test = test.result.map {
          .init(name: $0.name, detail: $0.detail, p: $0.p, adjusted: $0.p)
        }
      }
      return row
    }
    // The same quantity under two names is tested only once.
    for key in ["loss"] + type(of: task).comparison.meanLosses {
      guard
        let place = rows.firstIndex(where: {
          $0.key == key && $0.isComparable && $0.a != nil && $0.b != nil
        }),
        let differences = differences(rows[place], answers, task)
      else { continue }
      let result = means(differences)
      rows[place].interval = result.interval
      if key != "loss", rows.contains(where: { $0.key == "loss" && $0.test != nil }) {
        continue
      }
      rows[place].test = result.test
    }
    return ScoreTable(
      split: pairs.split, rows: adjusted(rows), reason: nil,
      basis: "the same \(NumberText.grouped(pairs.rows.count)) examples" + models(pairs.split, a))
  }

  /// A note on the ensemble behind the predictions; empty if they come from a single model.
  private static func models(_ split: String, _ run: ComparedRun) -> String {
    guard let basis = run.evidence.basis(of: split), basis.by == .ensemble else { return "" }
    return ", each predicted by an \(basis.modelsText)"
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

  /// B's loss minus A's for each example; `nil` unless the losses in both summaries are means of
  /// what the predictions give.
  private static func differences(
    _ row: ScoreChange, _ answers: PairedPredictions, _ task: any Task
  ) -> [Double]? {
    // Losses computed from outputs and losses computed from rounded probabilities are different
    // quantities.
    if answers.a.layout.link != answers.b.layout.link { return nil }
    for (a, b) in zip(task.exampleLosses(answers.a), task.exampleLosses(answers.b))
    where a.allSatisfy(\.isFinite) && b.allSatisfy(\.isFinite) && isSame(row.a, a)
      && isSame(row.b, b)
    {
      return zip(a, b).map { $1 - $0 }
    }
    return nil
  }

  /// Whether the summary's loss is the mean of `losses`.
  private static func isSame(_ summary: Double?, _ losses: [Double]) -> Bool {
    guard let summary, !losses.isEmpty else { return false }
    let mean = losses.reduce(0, +) / Double(losses.count)
    return abs(mean - summary) <= tolerance * max(1e-3, abs(summary))
  }

  /// A paired t test of the mean difference per example, with a bootstrap interval unless there are
  /// more than ``mostResampled`` examples.
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
}
