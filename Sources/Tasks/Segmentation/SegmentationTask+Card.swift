import DataSchema
import Tasks

/// What a model card says about the classes of pixels.
extension SegmentationTask {
  package var partNames: [String] { classNames }

  package var partMetrics: [PartMetric] {
    [PartMetric("IoU", MeanIoU()), PartMetric("Dice", DiceCoefficient())]
  }

  package func balance(_ targets: Targets, _ rows: [Int]) -> TargetBalance {
    var pixels = [Int](repeating: 0, count: classNames.count)
    var images = pixels
    for row in rows {
      for (label, count) in targets[row].prefix(pixels.count).enumerated() where count > 0 {
        pixels[label] += Int(count)
        images[label] += 1
      }
    }
    return TargetBalance(counts: [.init("pixels", pixels), .init("images", images)])
  }
}

extension DiceCoefficient {
  init() {}
}
