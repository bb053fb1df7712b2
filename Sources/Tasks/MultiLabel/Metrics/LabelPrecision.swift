import ExperimentConfig
import Tasks

struct LabelPrecision: AveragedLabelMetric {
  static let schema = ComponentSchema(
    "precision",
    aliases: ["ppv"],
    doc:
      "The fraction of the examples predicted to have a label that have it; 0 if there are none. "
      + "Macro, micro, samples and weighted mean; higher is better.")
  static let unit = MetricUnit.share
  static let higherIsBetter: Bool? = true

  init(_ arguments: Arguments) throws {}

  static func score(_ counts: LabelCounts) -> Double { counts.precision }
}
