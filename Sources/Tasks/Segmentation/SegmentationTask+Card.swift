import DataSchema
import ExperimentConfig
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

  /// Of areas: the probabilities of pixels are not recorded.
  package func calibration(_ predictions: Predictions, split: String) -> [ReportBlock] {
    let counts = PixelSample(predictions).counts
    let all = counts.total
    guard predictions.count > 0, all > 0 else { return [] }
    func share(_ pixels: Double) -> Double { pixels / Double(all) }
    return [
      .text(
        "A run records the class of each pixel, not its probability, so whether the probabilities of pixels can be "
          + "trusted is not known. What is known is whether areas are right: the shares of the "
          + "\(Insight.count(all, "pixel", "pixels")) of the \(split) set that have a class."),
      .table(
        ReportTable(
          heading: ["Class", "True area", "Predicted area", "Predicted / true"],
          rows: classNames.indices.map { label in
            let (truth, answer) = (Double(counts.truths[label]), Double(counts.predicted[label]))
            return [
              classNames[label], Insight.percent(share(truth), 2),
              Insight.percent(share(answer), 2),
              truth > 0 ? NumberText.fixed(answer / truth, 3) : "–",
            ]
          })),
    ]
  }
}

extension DiceCoefficient {
  init() {}
}
