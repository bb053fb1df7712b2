import ExperimentConfig
import Tasks

struct PixelAccuracy: PixelMetric {
  static let schema = ComponentSchema(
    "pixel_accuracy",
    aliases: ["pixel_acc", "overall_accuracy"],
    doc: "The share of pixels whose class is right; higher is better.")

  init(_ arguments: Arguments) throws {}

  static func value(_ counts: PixelCounts) -> Double? { counts.accuracy }
}
