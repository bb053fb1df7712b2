import ExperimentConfig
import Tasks

struct LabelF1: AveragedLabelMetric {
  static let schema = ComponentSchema(
    "f1",
    aliases: ["f1_score", "fscore", "f_score", "f_measure"],
    doc:
      "The harmonic mean of precision and recall of a label; 0 if both are 0. Macro, micro, "
      + "samples and weighted mean; higher is better.")
  static let unit = MetricUnit.share
  static let higherIsBetter: Bool? = true

  init(_ arguments: Arguments) throws {}

  static func score(_ counts: LabelCounts) -> Double { counts.f1 }
}
