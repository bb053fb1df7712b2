import ExperimentConfig
import Tasks

struct MeanIoU: PixelMetric {
  static let schema = ComponentSchema(
    "mean_iou",
    aliases: ["miou", "iou", "jaccard", "jaccard_score"],
    doc:
      "Intersection over union of the pixels of each class, averaged over the classes that occur in the "
      + "masks or the predictions; higher is better.")

  static let label = "mean IoU"

  init(_ arguments: Arguments) throws {}

  init() {}

  static func value(_ counts: PixelCounts) -> Double? { counts.meanIoU }
  static func perClass(_ counts: PixelCounts) -> [Double?]? { counts.ious }
}
