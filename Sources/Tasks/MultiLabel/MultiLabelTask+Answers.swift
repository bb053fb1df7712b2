import ExperimentConfig
import Tasks

extension MultiLabelTask {
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
      "\(labels[label]) \(NumberText.fixed(Double(values[label]) * 100, 2))%"
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

  /// One number per label, keyed by its name.
  private func named(_ values: [Double]) -> JSONValue {
    .object(Dictionary(zip(labels, values.map(JSONValue.number))) { first, _ in first })
  }
}
