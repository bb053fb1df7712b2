import DataSchema
import ExperimentConfig
import Tasks

extension RegressionTask {
  package func remark(
    _ predictions: Predictions, split: String
  ) -> (isGood: Bool, text: String)? {
    let rows = RegressionReport(self, predictions).targets.filter { $0.r2 != nil }
    guard let first = rows.first else { return nil }
    let texts = rows.prefix(3).map { row in
      let unit = row.unit.map { " \($0)" } ?? ""
      return "\(NumberText.fixed((row.r2 ?? 0) * 100, 1))% of the variance of ‘\(row.name)’ (rmse "
        + "\(NumberText.fixed(row.rmse, 4))\(unit), where always answering the mean has "
        + "\(NumberText.fixed(row.standardDeviation, 4)))"
    }
    let more = rows.count > 3 ? ", and of \(rows.count - 3) more" : ""
    return (
      rows.allSatisfy { ($0.r2 ?? 0) > 0 },
      "The outputs explain \(texts.joined(separator: ", "))\(more) over "
        + "\(NumberText.grouped(first.examples)) \(split) examples."
    )
  }

  package func tables(_ predictions: Predictions, split: String) -> [ReportTable] {
    let rows = RegressionReport(self, predictions).targets
    if rows.isEmpty { return [] }
    func text(_ value: Double) -> String { NumberText.fixed(value, 4) }
    return [
      ReportTable(
        title: "Targets, \(split) set",
        heading: ["Target", "Mean ± sd", "RMSE", "MAE", "Median error", "R²", "Bias"],
        rows: rows.map { row in
          [
            row.name + (row.unit.map { ", \($0)" } ?? ""),
            "\(text(row.mean)) ± \(text(row.standardDeviation))", text(row.rmse), text(row.mae),
            text(row.medianAbsoluteError), row.r2.map(text) ?? "–", text(row.bias),
          ]
        })
    ]
  }

  package func answerHeadings(_ layout: PredictionLayout) -> AnswerHeadings {
    AnswerHeadings(
      cells: quantities.map { quantity in
        quantity.name + (quantity.unit.map { ", \($0)" } ?? "")
      }, csv: quantities.map(\.name))
  }

  package func answer(_ predictions: Predictions, _ row: Int, next: Int) -> AnswerText {
    let values = predictions.outputs(at: row).map(Float.init)
    return AnswerText(
      cells: values.map { NumberText.fixed(Double($0), 4) },
      json: [
        "predicted": .object(
          Dictionary(
            zip(quantities.map(\.name), values.map { JSONValue.number($0.asWritten) })
          ) { first, _ in first })
      ], csv: values.map { "\($0)" })
  }
}
