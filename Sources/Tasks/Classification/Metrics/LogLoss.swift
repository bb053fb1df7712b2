import ExperimentConfig
import Tasks

struct LogLoss: ClassMetric {
  static let schema = ComponentSchema(
    "log_loss",
    aliases: ["logloss", "nll", "cross_entropy_score"],
    doc:
      "The mean of -ln p of the true class in nats, computed from the scores in double precision "
      + "and not clipped: the cross-entropy loss without label smoothing; lower is better.")
  static let unit = MetricUnit.nats
  static let higherIsBetter: Bool? = false

  init(_ arguments: Arguments) throws {}

  func values(_ sample: ClassSample) -> [MetricValue] {
    let value = sample.hasProbabilities ? sample.mean(sample.logLosses) : nil
    return [MetricValue("log_loss", value, else: Undefined.probabilityReason(sample))]
  }
}
