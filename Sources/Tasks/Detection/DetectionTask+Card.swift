import DataSchema
import Tasks

/// What a model card says about the classes of objects.
extension DetectionTask {
  package var partNames: [String] { classNames }

  package var partMetrics: [PartMetric] {
    [PartMetric("AP", MeanAveragePrecision()), PartMetric("AP@50", MeanAveragePrecision50())]
  }

  package func balance(_ targets: Targets, _ rows: [Int]) -> TargetBalance {
    var boxes = [Int](repeating: 0, count: classNames.count)
    var images = boxes
    for row in rows {
      let labels = ImageBoxes(targets[row]).items.map(\.label).filter(boxes.indices.contains)
      for label in labels { boxes[label] += 1 }
      for label in Set(labels) { images[label] += 1 }
    }
    return TargetBalance(counts: [.init("boxes", boxes), .init("images", images)])
  }
}

extension MeanAveragePrecision50 {
  init() {}
}
