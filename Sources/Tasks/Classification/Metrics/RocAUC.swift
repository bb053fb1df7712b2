import ExperimentConfig
import Tasks

struct RocAUC: ClassMetric {
  static let schema = ComponentSchema(
    "roc_auc",
    aliases: ["auc", "auroc", "rocauc", "roc_auc_score"],
    doc: "The area under the ROC curve of each class against the rest. Macro and weighted mean "
      + "over the classes that have examples; for two classes, the area of the second. Left out if "
      + "the labels contain only one class. Higher is better.")
  static let unit = MetricUnit.share
  static let higherIsBetter: Bool? = true

  init(_ arguments: Arguments) throws {}

  func values(_ sample: ClassSample) -> [MetricValue] {
    Averaging.oneVersusRest("roc_auc", sample, else: Undefined.oneClass) { $0.rocAUC }
  }

  func perClass(_ sample: ClassSample) -> [Double?]? { sample.rankScores?.map(\.rocAUC) }
}
