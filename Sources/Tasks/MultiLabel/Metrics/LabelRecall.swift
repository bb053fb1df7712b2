import ExperimentConfig
import Tasks

struct LabelRecall: AveragedLabelMetric {
  static let schema = ComponentSchema(
    "recall",
    aliases: ["sensitivity", "tpr"],
    doc:
      "Of the examples that have a label, the share that was said to; 0 if none has it. Macro, micro, "
      + "samples and weighted mean; higher is better.")
  static let unit = MetricUnit.share
  static let higherIsBetter: Bool? = true

  init(_ arguments: Arguments) throws {}

  static func score(_ counts: LabelCounts) -> Double { counts.recall }
}
