import DataSchema
import ExperimentConfig
import Tasks

extension RegressionTask {
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
