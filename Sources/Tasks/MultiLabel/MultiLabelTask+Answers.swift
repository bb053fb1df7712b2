import ExperimentConfig
import Tasks

extension MultiLabelTask {
  package func remark(
    _ predictions: Predictions, split: String
  ) -> (isGood: Bool, text: String)? {
    let report = LabelReport(self, predictions)
    let known = report.labels.filter { $0.averagePrecision != nil }
      .sorted { ($0.averagePrecision ?? 0) > ($1.averagePrecision ?? 0) }
    guard report.examples > 0, let best = known.first, let worst = known.last else { return nil }
    let rows = LabelSample(predictions).rowCounts
    let right = rows.count { $0.extra + $0.missed == 0 }
    func text(_ row: LabelReport.Row) -> String {
      "‘\(row.label)’ (average precision "
        + "\(NumberText.fixed((row.averagePrecision ?? 0) * 100, 1))%)"
    }
    let share = Double(right) / Double(report.examples)
    // Ranking by chance has the share of the examples that have a label.
    let isGood = known.allSatisfy {
      ($0.averagePrecision ?? 0) > Double($0.support) / Double(report.examples)
    }
    return (
      isGood,
      "\(NumberText.fixed(share * 100, 1))% of \(NumberText.grouped(report.examples)) \(split) "
        + "examples have every label right; easiest is \(text(best)), hardest \(text(worst))."
    )
  }

  package func tables(_ predictions: Predictions, split: String) -> [ReportTable] {
    let report = LabelReport(self, predictions)
    if report.examples == 0 { return [] }
    func text(_ value: Double) -> String { NumberText.fixed(value * 100, 2) + "%" }
    let hasThresholds = report.labels.allSatisfy { $0.threshold != nil }
    return [
      ReportTable(
        title: "Labels, \(split) set",
        heading: [
          "Label", "Average precision", "Precision", "Recall", "F1", "Examples", "Predicted",
        ] + (hasThresholds ? ["Threshold"] : []),
        rows: report.labels.map { row in
          [
            row.label, row.averagePrecision.map(text) ?? "–", text(row.precision),
            text(row.recall), text(row.f1), NumberText.grouped(row.support),
            NumberText.grouped(row.predicted),
          ] + (row.threshold.map { [NumberText.fixed($0, 3)] } ?? [])
        })
    ]
  }

  package func answerHeadings(_ layout: PredictionLayout) -> AnswerHeadings {
    AnswerHeadings(
      cells: ["labels"], csv: labels.map { "predicted_\($0)" } + labels.map { "p_\($0)" },
      hasNext: true)
  }

  package func answer(_ predictions: Predictions, _ row: Int, next: Int) -> AnswerText {
    let values = predictions.probabilities(at: row).map(Float.init)
    let answers = Array(predictions.answers(at: row))
    let said = labels.indices.filter { answers[$0] != 0 }
    let order = labels.indices.sorted { (-values[$0], $0) < (-values[$1], $1) }
    func text(_ label: Int) -> String {
      "\(labels[label]) \(NumberText.fixed(Double(values[label]) * 100, 2)) %"
    }
    var json: [String: JSONValue] = [
      "predicted": .array(said.map { .string(labels[$0]) }),
      "probabilities": named(values.map(\.asWritten)),
    ]
    if let thresholds { json["thresholds"] = named(thresholds.values) }
    return AnswerText(
      cells: [said.isEmpty ? "none" : said.map { labels[$0] }.joined(separator: ", ")],
      next: order.prefix(next + 1).map(text),
      json: json, csv: answers.map(String.init) + values.map { "\($0)" })
  }

  package func details(_ predictions: Predictions) -> [String: JSONValue] {
    thresholds.map { ["thresholds": named($0.values)] } ?? [:]
  }

  /// One number a label, by its name.
  private func named(_ values: [Double]) -> JSONValue {
    .object(Dictionary(zip(labels, values.map(JSONValue.number))) { first, _ in first })
  }
}
