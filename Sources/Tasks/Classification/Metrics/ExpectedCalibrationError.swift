import ExperimentConfig
import Tasks

struct ExpectedCalibrationError: ClassMetric {
  static let schema = ComponentSchema(
    "expected_calibration_error", main: "bins",
    [
      Field(
        "bins", .integer(.between(1, 1000)), default: "15",
        doc:
          "Number of bins of equal width from 0 to 1; a bin includes its upper end but not its "
          + "lower end."
      )
    ],
    aliases: ["ece", "calibration", "calibration_error"],
    doc: "The gap between confidence (the probability of the predicted class) and accuracy: the "
      + "mean over bins of the confidence, weighted by their number of examples; lower is better.")
  static let unit = MetricUnit.share
  static let higherIsBetter: Bool? = false

  private let bins: Int

  init(_ arguments: Arguments) throws { bins = try arguments.integer("bins") }

  func values(_ sample: ClassSample) -> [MetricValue] {
    let key = "expected_calibration_error"
    guard sample.count > 0, sample.hasProbabilities else {
      return [MetricValue(key, .undefined(Undefined.probabilityReason(sample)))]
    }
    return [MetricValue(key, .defined(sample.calibration(bins: bins).error(sample.times)))]
  }
}
