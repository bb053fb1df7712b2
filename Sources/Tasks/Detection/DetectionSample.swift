import BoxAnnotations
import DataSchema
import DetectionScores
import Tasks

/// The images whose boxes metrics are computed from, matched once.
package final class DetectionSample: ScoredSample {
  /// The annotated boxes of an image and those found.
  struct Image {
    let truth: ImageBoxes
    /// The best scores first.
    let found: [FoundBox]
  }

  let predictions: Predictions
  /// In the order of the predictions.
  let images: [Image]
  /// The number of classes.
  let classes: Int
  /// The rows by the position of their example in the data set, which is the order of the annotations.
  let order: [Int]
  private var times: [Int32]?

  /// - Parameter classes: their number; there are more if boxes have higher class numbers.
  package init(_ predictions: Predictions, classes: Int) {
    self.predictions = predictions
    let images = (0..<predictions.count).map { row in
      Image(
        truth: ImageBoxes(predictions.targets(at: row)),
        found: FoundBoxes.boxes(predictions.outputs(at: row)))
    }
    self.images = images
    let highest = images.lazy.flatMap { image in
      image.truth.items.lazy.map(\.label) + image.found.lazy.map(\.label)
    }.max()
    self.classes = max(classes, (highest ?? -1) + 1)
    order = predictions.indices.indices.sorted { one, other in
      (predictions.indices[one], predictions.folds[one], one)
        < (predictions.indices[other], predictions.folds[other], other)
    }
  }

  package var count: Int { predictions.count }

  package func repeated(_ times: [Int32]) {
    self.times = times
    numbers.repeated(times)
    knownVOC = nil
  }

  /// The truth in the form of annotations; image i is that of row `order[i]`.
  private lazy var annotations = BoxAnnotations(
    path: "", format: .coco,
    images: order.indices.map { number in
      let truth = images[order[number]].truth
      return AnnotatedImage(
        id: .number(number), file: "", width: truth.width, height: truth.height)
    },
    categories: (0..<classes).map { BoxCategory(id: .number($0), name: "\($0)") },
    boxes: order.enumerated().flatMap { number, row in
      images[row].truth.items.map { item in
        AnnotatedBox(
          image: number, category: item.label, box: Box(item), area: item.area.asWritten,
          isCrowd: item.traits.contains(.crowd), isDifficult: item.traits.contains(.difficult),
          isTruncated: item.traits.contains(.truncated))
      }
    })

  private lazy var detections: [DetectedBox] = order.enumerated().flatMap { number, row in
    images[row].found.map { found in
      DetectedBox(image: number, category: found.label, box: Box(found), score: found.score)
    }
  }

  /// COCO's numbers of these images, each as often as it was drawn.
  private(set) lazy var numbers = CocoNumbers(DetectionMatches(detections, to: annotations))

  private lazy var vocMatches = VOCMatches(detections, annotations)
  private var knownVOC: VOCScores?

  /// Pascal VOC's scores of these images, each as often as it was drawn.
  var voc: VOCScores {
    if let knownVOC { return knownVOC }
    let scores = VOCScores(vocMatches, times: times)
    knownVOC = scores
    return scores
  }

  /// The interpolated precision of each class at the recalls 0, 0.01, …, 1, at an overlap of 0.5; `nil` for a class
  /// without boxes to be found.
  var curves: [[Double]?] { CocoScores(numbers.matches).categories.map(\.curve) }
}

extension Box {
  init(_ item: ImageBoxes.Item) {
    self.init(
      x: item.x.asWritten, y: item.y.asWritten, width: item.width.asWritten,
      height: item.height.asWritten)
  }

  init(_ found: FoundBox) {
    self.init(x: found.x, y: found.y, width: found.width, height: found.height)
  }
}
