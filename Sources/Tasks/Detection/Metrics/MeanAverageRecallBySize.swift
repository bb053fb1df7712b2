import DetectionScores
import ExperimentConfig
import Tasks

struct SmallMeanAverageRecall: CocoMetric {
  static let schema = ComponentSchema(
    "mar_small",
    aliases: ["ar_small"],
    doc: "mAR@100 of small boxes: those with an area up to 32² pixels; higher is better.")
  static let label = "mAR small"
  static let number = CocoNumbers.Number.arSmall
  static let undefinedReason = "no small box has to be found"

  init(_ arguments: Arguments) throws {}
}

struct MediumMeanAverageRecall: CocoMetric {
  static let schema = ComponentSchema(
    "mar_medium",
    aliases: ["ar_medium"],
    doc: "mAR@100 of medium boxes: those with an area from 32² to 96² pixels; higher is better.")
  static let label = "mAR medium"
  static let number = CocoNumbers.Number.arMedium
  static let undefinedReason = "no medium box has to be found"

  init(_ arguments: Arguments) throws {}
}

struct LargeMeanAverageRecall: CocoMetric {
  static let schema = ComponentSchema(
    "mar_large",
    aliases: ["ar_large"],
    doc: "mAR@100 of large boxes: those with an area from 96² pixels; higher is better.")
  static let label = "mAR large"
  static let number = CocoNumbers.Number.arLarge
  static let undefinedReason = "no large box has to be found"

  init(_ arguments: Arguments) throws {}
}
