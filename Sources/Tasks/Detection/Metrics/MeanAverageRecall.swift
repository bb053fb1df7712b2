import DetectionScores
import ExperimentConfig
import Tasks

struct MeanAverageRecall1: CocoMetric {
  static let schema = ComponentSchema(
    "mar_1",
    aliases: ["ar_1"],
    doc:
      "mAR@1: the share of the boxes that are found with the best box of each image and class, averaged "
      + "over the overlaps 0.50, 0.55, …, 0.95 and over the classes; higher is better.")
  static let label = "mAR@1"
  static let number = CocoNumbers.Number.ar1

  init(_ arguments: Arguments) throws {}
}

struct MeanAverageRecall10: CocoMetric {
  static let schema = ComponentSchema(
    "mar_10",
    aliases: ["ar_10"],
    doc:
      "mAR@10: the share of the boxes that are found with the 10 best boxes of each image and class, "
      + "averaged over the overlaps 0.50, 0.55, …, 0.95 and over the classes; higher is better.")
  static let label = "mAR@10"
  static let number = CocoNumbers.Number.ar10

  init(_ arguments: Arguments) throws {}
}

struct MeanAverageRecall100: CocoMetric {
  static let schema = ComponentSchema(
    "mar_100",
    aliases: ["ar_100"],
    doc:
      "mAR@100: the share of the boxes that are found with the 100 best boxes of each image and class, "
      + "averaged over the overlaps 0.50, 0.55, …, 0.95 and over the classes; higher is better.")
  static let label = "mAR@100"
  static let number = CocoNumbers.Number.ar100

  init(_ arguments: Arguments) throws {}
}
