import ExperimentConfig
import Tasks

extension ClassificationTask {
  package func answerHeadings(_ layout: PredictionLayout) -> AnswerHeadings {
    AnswerHeadings(
      cells: ["class", layout.hasScores ? "probability" : "output"],
      csv: ["predicted"] + (0..<layout.outputs.count).map { "p\($0)" }, hasNext: true)
  }

  package func answer(_ predictions: Predictions, _ row: Int, next: Int) -> AnswerText {
    // Rounded to Float, as in `predictions.csv`.
    let values = predictions.probabilities(at: row).map(Float.init)
    let predicted = predictions.answers[row]
    // In descending order of probability. Ties go to the prediction, then to the lower class index.
    let ranking = values.indices.sorted { left, right in
      if values[left] != values[right] { return values[left] > values[right] }
      if left == predicted || right == predicted { return left == predicted }
      return left < right
    }
    let isProbability = predictions.layout.hasScores
    func text(_ label: Int) -> String { Self.text(values[label], isProbability) }
    return AnswerText(
      cells: [classNames[predicted], text(ranking[0])],
      next: ranking.dropFirst().prefix(next).map { "\(classNames[$0]) \(text($0))" },
      json: [
        "predicted": .integer(predicted), "class": .string(classNames[predicted]),
        "probabilities": .array(values.map { .number($0.asWritten) }),
        "probability": .number(values[predicted].asWritten),
      ], csv: ["\(predicted)"] + values.map { "\($0)" })
  }

  private static func text(_ value: Float, _ isProbability: Bool) -> String {
    guard isProbability else { return NumberText.fixed(Double(value), 4) }
    let percent = NumberText.fixed(Double(value) * 100, 2) + "%"
    return String(repeating: " ", count: max(0, 7 - percent.count)) + percent
  }

  /// Rows are true classes, columns are predicted classes.
  package func details(_ predictions: Predictions) -> [String: JSONValue] {
    let matrix = PooledPredictions(predictions).confusionMatrix
    return [
      "confusion_matrix": .array(
        (0..<matrix.classes).map { label in
          .array((0..<matrix.classes).map { .integer(matrix[label, $0]) })
        })
    ]
  }
}
