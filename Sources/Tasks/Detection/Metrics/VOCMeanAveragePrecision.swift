import DetectionScores
import ExperimentConfig
import Tasks

struct VOCMeanAveragePrecision: DetectionMetric {
  static let schema = ComponentSchema(
    "voc_map",
    doc:
      "Pascal VOC's mAP: the area under the interpolated precision-recall curve at an overlap of 0.5 (as since 2010), "
      + "averaged over the classes; higher is better.")

  static let label = "VOC mAP"

  init(_ arguments: Arguments) throws {}

  static let isCentred = true

  static func perClass(_ sample: DetectionSample) -> [Double?] { sample.voc.categories.map(\.ap) }
  static func value(_ sample: DetectionSample) -> Double? { sample.voc.values.first?.value }
}
