import DataSchema
import DetectionScores
import Figures
import PNGImage
import Tasks

extension DetectionTask {
  package static let captions: [(name: String, caption: String)] = [
    (PrecisionRecallPlot.name, "Precision and recall of each class at an overlap of 0.5"),
    (ClassAPPlot.name, "Average precision of each class"),
  ]

  package static let notableTitle =
    "Images with the most mistakes (true boxes are dashed)"

  /// Large enough for the names of classes.
  package static let notableGrid = (columns: 3, pictureSize: 260)

  package func drawings(
    _ predictions: Predictions, split: String, runName: String
  ) -> [Drawing] {
    let sample = DetectionSample(predictions, classes: classNames.count)
    return [
      PrecisionRecallPlot(self, sample, split: split, runName: runName).drawing(),
      ClassAPPlot(
        report: BoxReport(self, sample, DetectionMistakes(sample)), split: split,
        runName: runName
      ).drawing(),
    ]
  }

  private static let mostNotable = 9

  /// The images with the most missed objects and wrong boxes, from the worst.
  package func notable(_ predictions: Predictions, _ count: Int) -> [NotableExample] {
    let mistakes = mistakes(predictions)
    let ranked = mistakes.images.enumerated().map { row, image in
      (
        row: row, missed: image.missed.count,
        wrong: image.falseAlarms + image.count(.duplicate), boxes: image.boxes
      )
    }.filter { $0.missed + $0.wrong > 0 }
      .sorted { ($1.missed + $1.wrong, $0.row) < ($0.missed + $0.wrong, $1.row) }
    return ranked.prefix(min(count, Self.mostNotable)).map { image in
      NotableExample(
        row: image.row,
        lines: [
          "\(image.missed) of \(image.boxes) missed",
          Insight.count(image.wrong, "wrong box", "wrong boxes"),
        ])
    }
  }

  package static let illustrationSuffix = "boxes"

  /// Boxes found in the colours of their classes, with class and score, and the true ones white and dashed. Without
  /// the truth, boxes below `shown_score` are left out; with it, those below the score at which F1 is highest.
  package func overlay(
    _ predictions: Predictions, showsTruth: Bool
  ) -> ((_ picture: PixelImage, _ row: Int) -> PixelImage)? {
    let images = showsTruth ? mistakes(predictions).images : []
    return { picture, row in
      var painter = BoxPainter(picture)
      if showsTruth {
        painter.draw(images[row].found.map(\.box), name: name)
        painter.draw(images[row].truth.items)
      } else {
        let found = FoundBoxes.boxes(predictions.outputs(at: row))
        painter.draw(found.filter { $0.score >= shownScore }, name: name)
      }
      return painter.picture
    }
  }

  func mistakes(_ predictions: Predictions) -> DetectionMistakes {
    DetectionMistakes(DetectionSample(predictions, classes: classNames.count))
  }
}
