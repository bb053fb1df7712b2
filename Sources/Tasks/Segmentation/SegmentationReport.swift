import Tasks

/// The scores of each class, as written to `segmentation_report.json`.
package struct SegmentationReport: Sendable, Equatable, Encodable {
  package struct Row: Sendable, Equatable, Encodable {
    package var name: String
    /// Pixels that belong to the class.
    package var pixels: Int
    /// Pixels that were predicted as it.
    package var predicted: Int
    /// Images in which it occurs.
    package var images: Int
    /// `nil` if the class neither occurs nor is predicted.
    package var iou: Double?
    package var dice: Double?
    package var precision: Double?
    package var recall: Double?
    /// `nil` if the class has no border, or borders were not recorded.
    package var boundaryF1: Double?

    enum CodingKeys: String, CodingKey {
      case name, pixels, predicted, images, iou, dice, precision, recall
      case boundaryF1 = "boundary_f1"
    }
  }

  package var images: Int
  /// Pixels that have a class.
  package var pixels: Int
  package var meanIoU: Double?
  package var pixelAccuracy: Double?
  package var boundaryF1: Double?
  package var classes: [Row]
  /// Pixels by true class (rows) and predicted class.
  package var confusion: [[Int]]

  enum CodingKeys: String, CodingKey {
    case images, pixels, classes, confusion
    case meanIoU = "mean_iou"
    case pixelAccuracy = "pixel_accuracy"
    case boundaryF1 = "boundary_f1"
  }

  package init(_ task: SegmentationTask, _ predictions: Predictions) {
    let sample = PixelSample(predictions)
    let counts = sample.counts
    images = sample.count
    pixels = counts.total
    meanIoU = counts.meanIoU
    pixelAccuracy = counts.accuracy
    let borders = sample.borders.map { sample.boundaryF1($0) }
    boundaryF1 = borders?.mean
    confusion = predictions.pixelMatrix
    let (ious, dices) = (counts.ious, counts.dices)
    let (precisions, recalls) = (counts.precisions, counts.recalls)
    classes = task.classNames.enumerated().map { number, name in
      Row(
        name: name, pixels: counts.truths[number], predicted: counts.predicted[number],
        images: sample.images.count { $0.truths[number] > 0 }, iou: ious[number],
        dice: dices[number], precision: precisions[number], recall: recalls[number],
        boundaryF1: borders?.classes[number])
    }
  }
}
