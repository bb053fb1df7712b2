import Tasks

/// The scores of each label, as written to `label_report.json`.
package struct LabelReport: Sendable, Equatable, Encodable {
  package struct Row: Sendable, Equatable, Encodable {
    package var label: String
    /// The number of examples with the label.
    package var support: Int
    /// The number of examples predicted to have the label.
    package var predicted: Int
    package var precision: Double
    package var recall: Double
    package var f1: Double
    /// `nil` if no example has the label, or if an output is not finite.
    package var averagePrecision: Double?
    /// The fitted threshold; `nil` if all labels share one, or if several models used their own.
    package var threshold: Double?

    enum CodingKeys: String, CodingKey {
      case label, support, predicted, precision, recall, f1, threshold
      case averagePrecision = "average_precision"
    }
  }

  /// The probability at or above which a label is predicted; `nil` if each label has own scale.
  package var threshold: Double?
  package var examples: Int
  package var labels: [Row]

  package init(_ task: MultiLabelTask, _ predictions: Predictions) {
    let sample = LabelSample(predictions)
    examples = sample.count
    let ranked = sample.rankScores
    threshold = task.fitsThresholds ? nil : MultiLabelTask.threshold
    let hasOneModel = predictions.folds.allSatisfy { $0 == predictions.folds[0] }
    let fitted = hasOneModel ? task.thresholds?.values : nil
    labels = zip(task.labels, sample.counts).enumerated().map { index, item in
      Row(
        label: item.0, support: item.1.support, predicted: item.1.hits + item.1.extra,
        precision: item.1.precision, recall: item.1.recall, f1: item.1.f1,
        averagePrecision: ranked?[index].averagePrecision, threshold: fitted?[index])
    }
  }
}
