import ExperimentConfig

struct LogLoss: Metric {
  static let schema = ComponentSchema(
    "log_loss",
    doc: "The mean of -ln p of the true class in nats, p clipped to [2^-52, 1 - 2^-52] as "
      + "scikit-learn does with 64-bit floats; lower is better.")
  static let unit = MetricUnit.nats
  static let higherIsBetter: Bool? = false

  init(_ arguments: Arguments) throws {}

  func values(_ sample: Sample) -> [MetricValue] {
    let value = sample.isFinite ? sample.mean(sample.logLosses) : nil
    return [MetricValue("log_loss", value, else: Undefined.reason(sample))]
  }
}
