import ExperimentConfig
import Tasks

struct CohenKappa: ClassMetric {
  static let schema = ComponentSchema(
    "cohen_kappa",
    aliases: ["kappa"],
    doc: "Agreement between labels and predictions beyond chance, from -1 to 1. Left out if all "
      + "labels and all predictions are the same class. Higher is better.")
  static let unit = MetricUnit.correlation
  static let higherIsBetter: Bool? = true

  init(_ arguments: Arguments) throws {}

  func values(_ sample: ClassSample) -> [MetricValue] {
    let matrix = sample.matrix
    let total = Double(sample.count)
    let wrong = total - Double(matrix.correct)
    let byChance = (0..<matrix.classes).reduce(0.0) {
      $0 + Double(matrix.support($1)) * Double(matrix.predicted($1))
    }
    // The number expected to be wrong by chance, times the number of examples.
    let wrongByChance = total * total - byChance
    return [
      MetricValue(
        "cohen_kappa", wrongByChance == 0 ? nil : 1 - total * wrong / wrongByChance,
        else: sample.count == 0
          ? Undefined.empty : "all labels and predictions are the same class")
    ]
  }
}
