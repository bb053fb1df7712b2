import DetectionScores
import ExperimentConfig
import Tasks

struct MeanAveragePrecision: CocoPrecision {
  static let schema = ComponentSchema(
    "map",
    aliases: ["mean_average_precision", "coco_map", "map_50_95"],
    doc:
      "COCO's mAP: average precision, averaged over the overlaps 0.50, 0.55, …, 0.95 and over the "
      + "classes that have boxes to be found; higher is better.")
  static let label = "mAP"
  static let number = CocoNumbers.Number.ap

  init(_ arguments: Arguments) throws {}

  init() {}
}

struct MeanAveragePrecision50: CocoPrecision {
  static let schema = ComponentSchema(
    "map_50",
    aliases: ["map50", "ap50"],
    doc:
      "mAP@50: average precision at an overlap of 0.5, averaged over the classes; higher is better."
  )
  static let label = "mAP@50"
  static let number = CocoNumbers.Number.ap50

  init(_ arguments: Arguments) throws {}
}

struct MeanAveragePrecision75: CocoPrecision {
  static let schema = ComponentSchema(
    "map_75",
    aliases: ["map75", "ap75"],
    doc:
      "mAP@75: average precision at an overlap of 0.75, averaged over the classes; higher is better."
  )
  static let label = "mAP@75"
  static let number = CocoNumbers.Number.ap75

  init(_ arguments: Arguments) throws {}
}
