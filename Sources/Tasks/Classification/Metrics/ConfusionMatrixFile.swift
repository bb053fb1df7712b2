import ExperimentConfig
import Tasks

struct ConfusionMatrixFile: ClassMetric {
  static let schema = ComponentSchema(
    "confusion_matrix",
    aliases: ["cm", "confusion"],
    doc: "Counts by true and predicted class, written to confusion_matrix.csv for the test set.")
  static let unit = MetricUnit.examples
  static let higherIsBetter: Bool? = nil

  init(_ arguments: Arguments) throws {}

  func values(_ sample: ClassSample) -> [MetricValue] { [] }
}
