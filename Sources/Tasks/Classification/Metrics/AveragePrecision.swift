import ExperimentConfig
import Tasks

struct AveragePrecision: ClassMetric {
  static let schema = ComponentSchema(
    "average_precision",
    aliases: ["ap", "map", "auprc", "pr_auc", "mean_average_precision"],
    doc: "The area under the precision-recall curve of each class against the rest, as a sum of "
      + "steps. Macro and weighted mean over the classes that have examples; for two classes, the "
      + "area of the second, left out if it has no examples. Higher is better.")
  static let unit = MetricUnit.share
  static let higherIsBetter: Bool? = true

  init(_ arguments: Arguments) throws {}

  func values(_ sample: ClassSample) -> [MetricValue] {
    Averaging.oneVersusRest("average_precision", sample, else: "the second class has no examples") {
      $0.averagePrecision
    }
  }

  func perClass(_ sample: ClassSample) -> [Double?]? { sample.rankScores?.map(\.averagePrecision) }
}
