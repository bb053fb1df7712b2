import ExperimentConfig
import Tasks

struct LabelPrecision: AveragedLabelMetric {
  static let schema = ComponentSchema(
    "precision",
    aliases: ["ppv"],
    doc:
      "Of the examples said to have a label, the share that has it; 0 if none was. Macro, micro, samples "
      + "and weighted mean; higher is better.")
  static let unit = MetricUnit.share
  static let higherIsBetter: Bool? = true

  init(_ arguments: Arguments) throws {}

  static func score(_ counts: LabelCounts) -> Double { counts.precision }
}
