import ExperimentConfig

enum ConfusionMatrixFile: Metric {
  static let schema = ComponentSchema(
    "confusion_matrix",
    doc: "Counts by true and predicted class, written to confusion_matrix.csv for the test set.")

  static func values(_ matrix: ConfusionMatrix) -> [(key: String, value: Double)] { [] }
}
