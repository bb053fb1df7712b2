import Tasks

/// What was found of each label: `label_report.json`.
package struct LabelReport: Sendable, Equatable, Encodable {
  package struct Row: Sendable, Equatable, Encodable {
    package var label: String
    /// Examples that have it.
    package var support: Int
    /// Examples that were said to have it, at the threshold.
    package var predicted: Int
    package var precision: Double
    package var recall: Double
    package var f1: Double
    /// `nil` if no example has it, or an output is not a finite number.
    package var averagePrecision: Double?

    enum CodingKeys: String, CodingKey {
      case label, support, predicted, precision, recall, f1
      case averagePrecision = "average_precision"
    }
  }

  /// The probability from which on a label counts as said.
  package var threshold = MultiLabelTask.threshold
  package var examples: Int
  package var labels: [Row]

  package init(_ task: MultiLabelTask, _ predictions: Predictions) {
    let sample = LabelSample(predictions)
    examples = sample.count
    let ranked = sample.rankScores
    labels = zip(task.labels, sample.counts).enumerated().map { index, item in
      Row(
        label: item.0, support: item.1.support, predicted: item.1.hits + item.1.extra,
        precision: item.1.precision, recall: item.1.recall, f1: item.1.f1,
        averagePrecision: ranked?[index].averagePrecision)
    }
  }
}
