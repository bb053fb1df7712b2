import ExperimentConfig
import Tasks

struct FrequencyWeightedIoU: PixelMetric {
  static let schema = ComponentSchema(
    "frequency_weighted_iou",
    aliases: ["fwiou", "fw_iou"],
    doc:
      "Intersection over union of each class, weighted by the share of pixels that belong to it; higher is "
      + "better.")

  static let label = "frequency-weighted IoU"

  init(_ arguments: Arguments) throws {}

  static func value(_ counts: PixelCounts) -> Double? {
    let total = counts.total
    if total == 0 { return nil }
    return counts.ious.enumerated().reduce(0) { sum, item in
      sum + Double(counts.truths[item.offset]) * (item.element ?? 0)
    } / Double(total)
  }
}
