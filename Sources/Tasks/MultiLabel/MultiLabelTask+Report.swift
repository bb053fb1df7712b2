import ExperimentConfig
import Tasks

extension MultiLabelTask {
  package static let headlines: [(key: String, label: String)] = [("f1_macro", "macro F1")]

  package static let fit = FitTerms(
    score: "average precision (macro)", guessing: "ranking by chance",
    guessingByLoss: "guessing by the frequencies of the labels", leastSkill: 0.5,
    gap: .difference(0.05))

  package func report(_ answers: RunAnswers) -> TaskReport {
    guard let (split, predictions) = answers.reported else { return TaskReport() }
    let report = LabelReport(self, predictions)
    if report.examples == 0 { return TaskReport() }
    return TaskReport(
      overall: Self.overall(report, predictions, split),
      sections: [ReportSection("Labels, \(split) set", [.table(Self.table(report))])])
  }

  private static func overall(
    _ report: LabelReport, _ predictions: Predictions, _ split: String
  ) -> Insight? {
    let known = report.labels.filter { $0.averagePrecision != nil }
      .sorted { ($0.averagePrecision ?? 0) > ($1.averagePrecision ?? 0) }
    guard let best = known.first, let worst = known.last else { return nil }
    let right = LabelSample(predictions).rowCounts.count { $0.extra + $0.missed == 0 }
    func text(_ row: LabelReport.Row) -> String {
      "‘\(Clipped.text(row.label, 40))’ (average precision "
        + "\(Insight.percent(row.averagePrecision ?? 0)))"
    }
    // The average precision of a random ranking is the fraction of examples that have the label.
    let isGood = known.allSatisfy {
      ($0.averagePrecision ?? 0) > Double($0.support) / Double(report.examples)
    }
    return Insight(
      .overall, isGood ? .good : .warning,
      "\(Insight.percent(Double(right) / Double(report.examples))) of "
        + "\(NumberText.grouped(report.examples)) \(split) examples have every label right; "
        + "easiest is \(text(best)), hardest \(text(worst)).")
  }

  private static func table(_ report: LabelReport) -> ReportTable {
    func text(_ value: Double) -> String { Insight.percent(value, 2) }
    let hasThresholds = report.labels.allSatisfy { $0.threshold != nil }
    return ReportTable(
      heading: [
        "Label", "Average precision", "Precision", "Recall", "F1", "Examples", "Predicted",
      ] + (hasThresholds ? ["Threshold"] : []),
      rows: report.labels.map { row in
        [
          row.label, row.averagePrecision.map(text) ?? "–", text(row.precision), text(row.recall),
          text(row.f1), NumberText.grouped(row.support), NumberText.grouped(row.predicted),
        ] + (row.threshold.map { [NumberText.fixed($0, 3)] } ?? [])
      }, bars: .init(after: 1, report.labels.map { $0.averagePrecision ?? 0 }))
  }
}
