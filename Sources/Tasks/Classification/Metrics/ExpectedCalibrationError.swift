import ExperimentConfig
import Tasks

struct ExpectedCalibrationError: ClassMetric {
  static let schema = ComponentSchema(
    "expected_calibration_error", main: "bins",
    [
      Field(
        "bins", .integer(.between(1, 1000)), default: "15",
        doc: "Bins of equal width from 0 to 1; a bin holds its upper end and not its lower one.")
    ],
    aliases: ["ece", "calibration", "calibration_error"],
    doc: "How far confidence, the probability of the predicted class, and accuracy lie apart: the "
      + "mean over bins of the confidence, weighted by their examples; lower is better.")
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
