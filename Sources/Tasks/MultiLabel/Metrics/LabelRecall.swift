import ExperimentConfig
import Tasks

struct LabelRecall: AveragedLabelMetric {
  static let schema = ComponentSchema(
    "recall",
    aliases: ["sensitivity", "tpr"],
    doc:
      "The fraction of the examples with a label that are predicted to have it; 0 if there are "
      + "none. Macro, micro, samples and weighted mean; higher is better.")
  static let unit = MetricUnit.share
  static let higherIsBetter: Bool? = true

  init(_ arguments: Arguments) throws {}

  static func score(_ counts: LabelCounts) -> Double { counts.recall }
}
