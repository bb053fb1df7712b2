import ExperimentConfig
import Tasks

struct BalancedAccuracy: ClassMetric {
  static let schema = ComponentSchema(
    "balanced_accuracy",
    doc: "The mean recall of the classes that have examples, all weighted equally; higher is "
      + "better.")
  static let unit = MetricUnit.share
  static let higherIsBetter: Bool? = true

  init(_ arguments: Arguments) throws {}

  func values(_ sample: ClassSample) -> [MetricValue] {
    let matrix = sample.matrix
    let recalls = (0..<matrix.classes).compactMap { label in
      let support = matrix.support(label)
      return support == 0 ? nil : Averaging.ratio(matrix[label, label], support)
    }
    return [
      MetricValue(
        "balanced_accuracy", recalls.isEmpty ? nil : Averaging.macro(recalls),
        else: Undefined.empty)
    ]
  }
}
