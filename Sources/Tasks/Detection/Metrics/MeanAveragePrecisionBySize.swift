import DetectionScores
import ExperimentConfig
import Tasks

struct SmallMeanAveragePrecision: CocoPrecision {
  static let schema = ComponentSchema(
    "map_small",
    aliases: ["ap_small"],
    doc: "mAP of small boxes: those with an area up to 32² pixels; higher is better.")
  static let label = "mAP small"
  static let number = CocoNumbers.Number.apSmall
  static let undefinedReason = "no small box has to be found"

  init(_ arguments: Arguments) throws {}
}

struct MediumMeanAveragePrecision: CocoPrecision {
  static let schema = ComponentSchema(
    "map_medium",
    aliases: ["ap_medium"],
    doc: "mAP of medium boxes: those with an area from 32² to 96² pixels; higher is better.")
  static let label = "mAP medium"
  static let number = CocoNumbers.Number.apMedium
  static let undefinedReason = "no medium box has to be found"

  init(_ arguments: Arguments) throws {}
}

struct LargeMeanAveragePrecision: CocoPrecision {
  static let schema = ComponentSchema(
    "map_large",
    aliases: ["ap_large"],
    doc: "mAP of large boxes: those with an area from 96² pixels; higher is better.")
  static let label = "mAP large"
  static let number = CocoNumbers.Number.apLarge
  static let undefinedReason = "no large box has to be found"

  init(_ arguments: Arguments) throws {}
}
