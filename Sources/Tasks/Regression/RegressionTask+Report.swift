import DataSchema
import ExperimentConfig
import Tasks

extension RegressionTask {
  package static let headlines: [(key: String, label: String)] = [("r2", "R²")]

  /// A skill of 0.29 is an RMSE of 71% of the standard deviation, that is, half of the variance
  /// explained.
  package static let fit = FitTerms(
    score: "RMSE", guessing: "always predicting the mean",
    guessingByLoss: "always predicting the same number", leastSkill: 0.29, gap: .share(0.2))

  package func report(_ answers: RunAnswers) -> TaskReport {
    guard let (split, predictions) = answers.reported else { return TaskReport() }
    let rows = RegressionReport(self, predictions).targets
    if rows.isEmpty { return TaskReport() }
    return TaskReport(
      overall: Self.overall(rows, split),
      sections: [ReportSection("Targets, \(split) set", [.table(Self.table(rows))])])
  }

  private static func overall(_ all: [RegressionReport.Row], _ split: String) -> Insight? {
    let rows = all.filter { $0.r2 != nil }
    guard let first = rows.first else { return nil }
    let texts = rows.prefix(3).map { row in
      let unit = row.unit.map { " \($0)" } ?? ""
      return
        "\(Insight.percent(row.r2 ?? 0)) of the variance of ‘\(Clipped.text(row.name, 40))’ (RMSE "
        + "\(NumberText.fixed(row.rmse, 4))\(unit), compared to always predicting the mean with "
        + "\(NumberText.fixed(row.standardDeviation, 4)))"
    }
    let more = rows.count > 3 ? ", and of \(rows.count - 3) more targets" : ""
    return Insight(
      .overall, rows.allSatisfy { ($0.r2 ?? 0) > 0 } ? .good : .warning,
      "The outputs explain \(texts.joined(separator: ", "))\(more) over "
        + "\(NumberText.grouped(first.examples)) \(split) examples.")
  }

  private static func table(_ rows: [RegressionReport.Row]) -> ReportTable {
    func text(_ value: Double) -> String { NumberText.fixed(value, 4) }
    return ReportTable(
      heading: ["Target", "Mean ± sd", "RMSE", "MAE", "Median error", "R²", "Bias"],
      rows: rows.map { row in
        [
          row.name + (row.unit.map { ", \($0)" } ?? ""),
          "\(text(row.mean)) ± \(text(row.standardDeviation))", text(row.rmse), text(row.mae),
          text(row.medianAbsoluteError), row.r2.map(text) ?? "–", text(row.bias),
        ]
      })
  }
}
