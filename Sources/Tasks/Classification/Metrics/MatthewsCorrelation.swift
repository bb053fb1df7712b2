import ExperimentConfig
import Tasks

struct MatthewsCorrelation: ClassMetric {
  static let schema = ComponentSchema(
    "matthews_corrcoef",
    aliases: ["mcc", "matthews", "phi"],
    doc: "The correlation between labels and predictions (Gorodkin, 2004), from -1 to 1; 0 if the "
      + "labels or the predictions contain only one class. Higher is better.")
  static let unit = MetricUnit.correlation
  static let higherIsBetter: Bool? = true

  init(_ arguments: Arguments) throws {}

  func values(_ sample: ClassSample) -> [MetricValue] {
    guard sample.count > 0 else {
      return [MetricValue("matthews_corrcoef", .undefined(Undefined.empty))]
    }
    let matrix = sample.matrix
    let total = Double(sample.count)
    var together = Double(matrix.correct) * total
    var ofLabels = total * total
    var ofPredictions = total * total
    for label in 0..<matrix.classes {
      let support = Double(matrix.support(label))
      let predicted = Double(matrix.predicted(label))
      together -= support * predicted
      ofLabels -= support * support
      ofPredictions -= predicted * predicted
    }
    let product = ofLabels * ofPredictions
    let value = product == 0 ? 0 : together / product.squareRoot()
    return [MetricValue("matthews_corrcoef", .defined(value))]
  }
}
