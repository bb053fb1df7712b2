import DataSchema
import DetectionScores
import ExperimentConfig
import Tasks

/// Detection: any number of boxes for each image, each with a class and a score.
///
/// The targets are the annotated boxes (``ImageBoxes``) and the outputs the boxes found (``FoundBoxes``), both in pixels
/// of the image file, so that scores do not depend on the transforms.
package struct DetectionTask: Task {
  package static let name = "detection"
  package static let doc = "Boxes around objects, each with a class."
  package static let policy =
    "mAP is COCO's: average precision over the overlaps (intersection over union) 0.50, 0.55, …, 0.95, averaged over "
    + "the classes that have boxes to be found, with at most 100 boxes an image and class; mAR is the recall, averaged "
    + "likewise. Small boxes have up to 32² pixels, large ones from 96². voc_map is Pascal VOC's mean average precision "
    + "at an overlap of 0.5. Boxes are compared in pixels of the image files. Crowds and difficult objects need not be "
    + "found."
  package static let metrics: [any Metric.Type] = [
    MeanAveragePrecision.self, MeanAveragePrecision50.self, MeanAveragePrecision75.self,
    SmallMeanAveragePrecision.self, MediumMeanAveragePrecision.self,
    LargeMeanAveragePrecision.self, MeanAverageRecall1.self, MeanAverageRecall10.self,
    MeanAverageRecall100.self, SmallMeanAverageRecall.self, MediumMeanAverageRecall.self,
    LargeMeanAverageRecall.self, VOCMeanAveragePrecision.self,
  ]
  package static let primaryKey = "map"
  package static let defaultLoss = "fcos"
  package static let defaultMetrics =
    "[map, map_50, map_75, map_small, map_medium, map_large, mar_1, mar_10, mar_100, mar_small, mar_medium, "
    + "mar_large]"
  package static let combinesPredictions = false

  package let target: DataField
  /// Indexed by class number.
  package let classNames: [String]
  /// What COCO's files call each class.
  package let categoryIDs: [Int]
  /// The largest number of annotated boxes of an image.
  let mostBoxes: Int
  var decoding = BoxDecoding(
    scoreThreshold: 0.05, nmsThreshold: 0.6, candidates: 1000, most: 100)
  /// The lowest score of the boxes that are printed and drawn.
  var shownScore = 0.2

  package init?(_ target: DataField) {
    guard case .boxes(let classes) = target.kind, !classes.names.isEmpty else { return nil }
    self.target = target
    (classNames, categoryIDs, mostBoxes) = (classes.names, classes.ids, classes.most)
  }

  /// Classes without a name are called by their numbers.
  package init(layout: PredictionLayout) {
    mostBoxes = ImageBoxes.most(rowWidth: layout.targets.count) ?? 0
    (classNames, categoryIDs) = ([], [])
    target = DataField("boxes", .boxes(BoxClasses([], ids: [], most: mostBoxes)))
    decoding.most = FoundBoxes.most(rowWidth: layout.outputs.count) ?? decoding.most
  }

  package var outputCount: Int { classNames.count }
  package var primaryMetric: any Metric { MeanAveragePrecision() }
  package var lossTarget: Objective.Operation { .targets }
  package var runningScore: RunningScore? { nil }
  package var boxDecoding: BoxDecoding? { decoding }

  /// The steps in pixels between the points of each level of a detector.
  static let strides = [8, 16, 32, 64, 128]

  /// [points, outputs], where the points are those of all levels. Each level is half as high and wide as the one
  /// before, rounded up.
  package func outputShape(_ count: Int, input: [Int]) -> [Int] {
    func steps(_ size: Int, _ stride: Int) -> Int { (size + stride - 1) / stride }
    let size = input.suffix(2)
    guard let height = size.first, let width = size.last else { return [0, count] }
    let points = Self.strides.reduce(0) { $0 + steps(height, $1) * steps(width, $1) }
    return [points, count]
  }

  package func layout(_ link: ScoreLink) -> PredictionLayout {
    Self.layout(annotated: mostBoxes, found: decoding.most)
  }

  /// - Parameters:
  ///   - annotated: the largest number of annotated boxes of an image.
  ///   - found: the largest number of boxes found in an image.
  static func layout(annotated: Int, found: Int) -> PredictionLayout {
    PredictionLayout(
      targets: ImageBoxes.columns(annotated), answers: [], probabilities: [],
      outputs: FoundBoxes.columns(found), link: .identity, limit: nil)
  }

  package static func layout(ofHeading columns: [String]) -> PredictionLayout? {
    guard columns.contains("found") else { return nil }
    let layout = layout(
      annotated: columns.count { $0.hasPrefix("true_class") },
      found: columns.count { $0.hasPrefix("score") })
    return layout.columns == columns ? layout : nil
  }

  package func answers(_ outputs: [Double], _ layout: PredictionLayout) -> [Int] { [] }

  package func sample(_ predictions: Predictions) -> any ScoredSample {
    DetectionSample(predictions, classes: classNames.count)
  }

  /// One image with a small, a medium and a large box of each class, all found.
  package var rightAnswers: Predictions {
    let classes = max(1, classNames.count)
    let items = (0..<classes).flatMap { label in
      [20, 60, 120].map { side in
        ImageBoxes.Item(
          label: label, x: 0, y: 0, width: Float(side), height: Float(side))
      }
    }
    let found = items.map { item in
      FoundBox(
        score: 1, label: item.label, x: 0, y: 0, width: Double(item.width),
        height: Double(item.height))
    }
    return Predictions(
      Self.layout(annotated: items.count, found: items.count), folds: [0], indices: [0],
      targets: ImageBoxes(width: 128, height: 128, items).row(items.count), answers: [],
      outputs: FoundBoxes.row(found, most: items.count))
  }

  package func strata(_ targets: Targets) -> [Int32]? { nil }

  /// The boxes of each class, as a column that is 1 for them and 0 for the others.
  package func lossColumns(_ targets: Targets) -> [TargetDistribution] {
    var boxes = [Int](repeating: 0, count: classNames.count)
    for row in 0..<targets.count {
      for item in ImageBoxes(targets[row]).items where boxes.indices.contains(item.label) {
        boxes[item.label] += 1
      }
    }
    let all = boxes.reduce(0, +)
    return boxes.map { TargetDistribution(values: [(0, all - $0), (1, $0)]) }
  }

  /// No answer that ignores the image finds boxes.
  package func baseline(_ targets: Targets) -> [String: Double] { [:] }

  /// The classes without a box to be found.
  package func withoutExamples(_ predictions: Predictions) -> [Int] {
    if predictions.count == 0 { return [] }
    var has = [Bool](repeating: false, count: classNames.count)
    for row in 0..<predictions.count {
      for item in ImageBoxes(predictions.targets(at: row)).items
      where item.hasToBeFound && has.indices.contains(item.label) {
        has[item.label] = true
      }
    }
    return has.indices.filter { !has[$0] }
  }

  /// The name of a class.
  func name(_ label: Int) -> String {
    classNames.indices.contains(label) ? classNames[label] : "\(label)"
  }
}

extension ImageBoxes.Item {
  /// Whether missing it is a mistake.
  var hasToBeFound: Bool { traits.isDisjoint(with: [.crowd, .difficult]) }
}
