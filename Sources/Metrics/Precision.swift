import ExperimentConfig

enum Precision: Metric {
  static let schema = ComponentSchema(
    "precision",
    doc: "Of the examples predicted as a class, the share that is; 0 where none was predicted. "
      + "Macro and weighted mean over the classes; higher is better.")

  static func values(_ matrix: ConfusionMatrix) -> [(key: String, value: Double)] {
    Averaging.summaries("precision", scores(matrix), matrix)
  }

  static func perClass(_ matrix: ConfusionMatrix) -> [Double]? { scores(matrix) }

  private static func scores(_ matrix: ConfusionMatrix) -> [Double] {
    (0..<matrix.classes).map { Averaging.ratio(matrix[$0, $0], matrix.predicted($0)) }
  }
}
