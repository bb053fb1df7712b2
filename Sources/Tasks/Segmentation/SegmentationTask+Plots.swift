import Figures
import Tasks

extension SegmentationTask {
  package static let captions: [(name: String, caption: String)] = [
    (ClassIoUPlot.name, "Intersection over union of each class, in the colours of the images below")
  ]

  package static let notableTitle = "Best, median and worst images (prediction left, mask right)"

  /// Wide: the prediction lies beside the mask.
  package static let notableGrid = (columns: 3, pictureSize: 210)

  package func drawings(
    _ predictions: Predictions, split: String, runName: String
  ) -> [Drawing] {
    [
      ClassIoUPlot(
        report: SegmentationReport(self, predictions), split: split, runName: runName
      ).drawing()
    ]
  }

  /// The images with the best, the median and the worst mean IoU, from best to worst.
  package func notable(_ predictions: Predictions, _ count: Int) -> [NotableExample] {
    let images = PixelSample(predictions).images
    let ranked = images.enumerated().compactMap { row, counts in
      counts.meanIoU.map { (row: row, iou: $0) }
    }.sorted { (-$0.iou, $0.row) < (-$1.iou, $1.row) }
    let third = max(1, count / 3)
    let places: [Int]
    if ranked.count <= 3 * third {
      places = Array(ranked.indices)
    } else {
      let middle = (ranked.count - third) / 2
      places =
        Array(0..<third) + Array(middle..<middle + third)
        + Array(ranked.count - third..<ranked.count)
    }
    return places.prefix(count).map { place in
      let (row, iou) = ranked[place]
      let worst = images[row].ious.enumerated().compactMap { number, iou in
        iou.map { (number: number, iou: $0) }
      }.min { ($0.iou, $0.number) < ($1.iou, $1.number) }
      let percent = "IoU \(Insight.percent(iou))"
      return NotableExample(
        row: row,
        lines: [
          percent,
          worst.map { "\(classNames[$0.number]): \(Insight.percent($0.iou))" } ?? "",
        ])
    }
  }
}
