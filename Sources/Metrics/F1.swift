import ExperimentConfig

enum F1: Metric {
  static let schema = ComponentSchema(
    "f1",
    doc: "The harmonic mean of a class's precision and recall; 0 where both are. "
      + "Macro and weighted mean over the classes; higher is better.")

  static func values(_ matrix: ConfusionMatrix) -> [(key: String, value: Double)] {
    Averaging.summaries("f1", scores(matrix), matrix)
  }

  static func perClass(_ matrix: ConfusionMatrix) -> [Double]? { scores(matrix) }

  private static func scores(_ matrix: ConfusionMatrix) -> [Double] {
    (0..<matrix.classes).map {
      Averaging.ratio(2 * matrix[$0, $0], matrix.support($0) + matrix.predicted($0))
    }
  }
}
