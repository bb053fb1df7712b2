import ExperimentConfig

enum Recall: Metric {
  static let schema = ComponentSchema(
    "recall",
    doc: "Of the examples of a class, the share that was predicted; 0 where there are none. "
      + "Macro and weighted mean over the classes; higher is better.")

  static func values(_ matrix: ConfusionMatrix) -> [(key: String, value: Double)] {
    Averaging.summaries("recall", scores(matrix), matrix)
  }

  static func perClass(_ matrix: ConfusionMatrix) -> [Double]? { scores(matrix) }

  private static func scores(_ matrix: ConfusionMatrix) -> [Double] {
    (0..<matrix.classes).map { Averaging.ratio(matrix[$0, $0], matrix.support($0)) }
  }
}
