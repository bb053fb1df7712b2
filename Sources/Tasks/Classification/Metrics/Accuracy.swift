import ExperimentConfig
import Tasks

struct Accuracy: ClassMetric {
  static let schema = ComponentSchema(
    "accuracy", aliases: ["acc", "top1", "top_1", "categorical_accuracy"],
    doc: "The fraction of examples that are classified correctly; higher is better.")
  static let unit = MetricUnit.share
  static let higherIsBetter: Bool? = true

  init(_ arguments: Arguments) throws {}

  func values(_ sample: ClassSample) -> [MetricValue] {
    let value = sample.count == 0 ? nil : Averaging.ratio(sample.matrix.correct, sample.count)
    return [MetricValue("accuracy", value, else: Undefined.empty)]
  }
}
