import ExperimentConfig
import Tasks

struct MeanClassAccuracy: PixelMetric {
  static let schema = ComponentSchema(
    "mean_class_accuracy",
    aliases: ["mean_accuracy", "class_accuracy"],
    doc:
      "The share of each class's pixels that were found, averaged over the classes that occur in the masks; "
      + "higher is better.")

  init(_ arguments: Arguments) throws {}

  static func value(_ counts: PixelCounts) -> Double? { PixelCounts.mean(counts.recalls) }
  static func perClass(_ counts: PixelCounts) -> [Double?]? { counts.recalls }
}
