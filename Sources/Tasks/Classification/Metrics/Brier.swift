import ExperimentConfig
import Tasks

struct Brier: ClassMetric {
  static let schema = ComponentSchema(
    "brier",
    aliases: ["brier_score"],
    doc: "The squared difference between the probabilities and the one-hot label, summed over the "
      + "classes and averaged over the examples: 0 to 2, also for two classes (scikit-learn's "
      + "brier_score_loss with scale_by_half=False); lower is better.")
  static let unit = MetricUnit.squaredProbability
  static let higherIsBetter: Bool? = false

  init(_ arguments: Arguments) throws {}

  func values(_ sample: ClassSample) -> [MetricValue] {
    let value = sample.hasProbabilities ? sample.mean(sample.squaredDifferences) : nil
    return [MetricValue("brier", value, else: Undefined.probabilityReason(sample))]
  }
}
