import ExperimentConfig
import Tasks

struct SubsetAccuracy: LabelMetric {
  static let schema = ComponentSchema(
    "subset_accuracy",
    aliases: ["exact_match", "exact_match_ratio"],
    doc: "The fraction of examples for which every label is right; higher is better.")
  static let unit = MetricUnit.share
  static let higherIsBetter: Bool? = true

  init(_ arguments: Arguments) throws {}

  func values(_ sample: LabelSample) -> [MetricValue] {
    guard sample.count > 0 else {
      return [MetricValue("subset_accuracy", .undefined(Undefined.empty))]
    }
    let rows = sample.rowCounts
    var right = 0
    for row in rows.indices where rows[row].extra + rows[row].missed == 0 {
      right += sample.weight(row)
    }
    return [MetricValue("subset_accuracy", .defined(LabelCounts.ratio(right, sample.count)))]
  }
}
