import DataSchema
import ExperimentConfig
import Tasks

extension RegressionTask {
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
