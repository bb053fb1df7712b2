import DataSchema
import ExperimentConfig
import Tasks

/// Assigns a class to each pixel of an image.
///
/// A row of predictions is an image: its targets are the pixels of each class and of those without one, its
/// outputs the pixels of each true class for which each class was predicted.
package struct SegmentationTask: Task {
  package static let name = "segmentation"
  package static let doc = "One class per pixel."
  package static let policy =
    "Metrics are computed from the pixels of all images together, without those that have no class. "
    + "Means over classes are over those that occur in the masks or the predictions, as scikit-learn's "
    + "jaccard_score on the pooled pixels. Masks and images are compared at the size that the transforms "
    + "give them."
  package static let metrics: [any Metric.Type] = [
    MeanIoU.self, DiceCoefficient.self, PixelAccuracy.self, MeanClassAccuracy.self,
    FrequencyWeightedIoU.self, BoundaryF1.self,
  ]
  package static let primaryKey = "mean_iou"
  package static let defaultLoss = "cross_entropy"
  package static let defaultMetrics = "[mean_iou, dice, pixel_accuracy]"
  package static let combinesPredictions = false

  package let target: DataField
  /// Indexed by class number.
  package let classNames: [String]
  /// Whether predictions record the borders of the classes.
  var recordsBorders = false
  /// The distance in pixels within which borders match; `nil` for a share of the image's diagonal.
  var borderTolerance: Double?

  package init?(_ target: DataField) {
    guard case .mask(let names, _) = target.kind, !names.isEmpty else { return nil }
    self.target = target
    classNames = names
  }

  package init(layout: PredictionLayout) {
    classNames = (0..<max(1, layout.targets.count - 1)).map(String.init)
    target = DataField("mask", .mask(classNames, ignore: nil))
    recordsBorders = Self.recordsBorders(layout)
  }

  package var outputCount: Int { classNames.count }
  package var primaryMetric: any Metric { MeanIoU() }
  package var lossTarget: Objective.Operation { .targets }
  package var runningScore: RunningScore? { nil }

  package func outputShape(_ count: Int, input: [Int]) -> [Int] {
    [count] + input.suffix(2)
  }

  package func layout(_ link: ScoreLink) -> PredictionLayout {
    Self.layout(classNames.count, borders: recordsBorders)
  }

  private static func layout(_ classes: Int, borders: Bool) -> PredictionLayout {
    PredictionLayout(
      targets: (0..<classes).map { "pixels\($0)" } + ["ignored"], answers: [], probabilities: [],
      outputs: (0..<classes).flatMap { row in (0..<classes).map { "n\(row)_\($0)" } }
        + (borders ? (0..<classes).flatMap(BorderCounts.columns) : []),
      link: .identity, limit: nil)
  }

  package static func layout(ofHeading columns: [String]) -> PredictionLayout? {
    let layout = layout(
      columns.count { $0.hasPrefix("pixels") }, borders: columns.last?.hasPrefix("border") == true)
    return layout.targets.count > 1 && layout.columns == columns ? layout : nil
  }

  package func answers(_ outputs: [Double], _ layout: PredictionLayout) -> [Int] { [] }

  package func sample(_ predictions: Predictions) -> any ScoredSample { PixelSample(predictions) }

  /// One image that has a pixel of each class, all right and on a border.
  package var rightAnswers: Predictions {
    let classes = classNames.count
    return Predictions(
      layout(.identity), folds: [0], indices: [0],
      targets: Array(repeating: 1, count: classes) + [0], answers: [],
      outputs: (0..<classes * classes).map { $0 % (classes + 1) == 0 ? 1 : 0 }
        + (recordsBorders ? Array(repeating: 1, count: 4 * classes) : []))
  }

  package func strata(_ targets: Targets) -> [Int32]? { nil }

  /// The pixels of each class, as a column that is 1 for them and 0 for the others that have a class.
  package func lossColumns(_ targets: Targets) -> [TargetDistribution] {
    let pixels = pixels(targets)
    let all = pixels.reduce(0, +)
    return pixels.map { TargetDistribution(values: [(0, all - $0), (1, $0)]) }
  }

  /// The pixels of each class over some images.
  func pixels(_ targets: Targets) -> [Int] {
    var pixels = [Int](repeating: 0, count: classNames.count)
    for row in 0..<targets.count {
      for (number, count) in targets[row].prefix(pixels.count).enumerated() {
        pixels[number] += Int(count)
      }
    }
    return pixels
  }

  /// The scores of giving every pixel the same class: the one that is best by each score.
  package func baseline(_ targets: Targets) -> [String: Double] {
    let pixels = pixels(targets)
    let all = pixels.reduce(0, +)
    guard all > 0, let most = pixels.max() else { return [:] }
    // Of the class that is predicted everywhere, IoU is its share; that of the others is 0.
    let present = pixels.count { $0 > 0 }
    let share = Double(most) / Double(all)
    return ["mean_iou": share / Double(present), "pixel_accuracy": share]
  }

  package func withoutExamples(_ predictions: Predictions) -> [Int] {
    if predictions.count == 0 { return [] }
    let counts = PixelSample(predictions).counts
    return classNames.indices.filter { counts.truths[$0] == 0 }
  }

  package func reportFiles(_ predictions: Predictions, split: String) throws -> [ReportFile] {
    let suffix = split == "test" ? "" : "_\(split)"
    return [
      try ReportFile(
        "segmentation_report\(suffix).json", json: SegmentationReport(self, predictions))
    ]
  }
}
