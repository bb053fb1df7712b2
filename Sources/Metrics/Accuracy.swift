import ExperimentConfig

enum Accuracy: Metric {
  static let schema = ComponentSchema(
    "accuracy", doc: "The share of examples whose class was predicted; higher is better.")

  static func values(_ matrix: ConfusionMatrix) -> [(key: String, value: Double)] {
    [("accuracy", Averaging.ratio(matrix.correct, matrix.total))]
  }
}
