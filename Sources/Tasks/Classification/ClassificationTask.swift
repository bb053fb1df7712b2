import DataSchema
import ExperimentConfig
import PNGImage
import Tasks

/// Assigns one of several classes to each example.
package struct ClassificationTask: Task {
  package static let name = "classification"
  package static let doc = "One class per example."
  package static let policy =
    "Metrics are pooled over all examples. Averages are over the classes that occur among the "
    + "labels or the predictions, as in scikit-learn. A ratio with a zero denominator counts as 0 "
    + "(zero_division = 0); a metric that is undefined for the data is left out, with the reason."
  package static let metrics: [any Metric.Type] = [
    Accuracy.self, TopKAccuracy.self, BalancedAccuracy.self, Precision.self, Recall.self, F1.self,
    ConfusionMatrixFile.self, RocAUC.self, AveragePrecision.self, LogLoss.self, Brier.self,
    ExpectedCalibrationError.self, CohenKappa.self, MatthewsCorrelation.self,
  ]
  package static let primaryKey = "accuracy"
  package static let defaultLoss = "cross_entropy"
  package static let defaultMetrics = "[accuracy]"

  package let target: DataField
  /// Indexed by class number.
  package let classNames: [String]

  package init?(_ target: DataField) {
    guard case .category(let names) = target.kind, !names.isEmpty else { return nil }
    self.target = target
    classNames = names
  }

  /// A task with `classes` classes named by their numbers.
  package init(classes: Int) {
    classNames = (0..<max(classes, 1)).map(String.init)
    target = DataField("label", .category(classNames))
  }

  package init(layout: PredictionLayout) { self.init(classes: layout.outputs.count) }

  package var outputCount: Int { classNames.count }
  package var primaryMetric: any Metric { Accuracy() }
  package var targetsAreClasses: Bool { true }
  package var mixesTargets: Bool { true }
  package var lossTarget: Objective.Operation { .oneHot(.targets) }

  package var runningScore: RunningScore? {
    RunningScore(key: "accuracy", kind: .largestOutputIsTarget)
  }

  package func layout(_ link: ScoreLink) -> PredictionLayout {
    Self.layout(classes: classNames.count, link)
  }

  /// The column prefix of the model outputs; `nil` if the outputs are the probabilities.
  private static func prefix(_ link: ScoreLink) -> String? {
    switch link {
    case .softmax: "logit"
    case .sigmoid: "binary_logit"
    case .identity: nil
    }
  }

  package static func layout(classes: Int, _ link: ScoreLink) -> PredictionLayout {
    func columns(_ prefix: String) -> [String] { (0..<classes).map { "\(prefix)\($0)" } }
    let prefix = prefix(link)
    return PredictionLayout(
      targets: ["label"], answers: ["predicted"], probabilities: prefix == nil ? [] : columns("p"),
      outputs: columns(prefix ?? "p"), link: link, limit: classes)
  }

  /// A heading without score columns comes from a model trained with `mse` or from an older
  /// version.
  package static func layout(ofHeading columns: [String]) -> PredictionLayout? {
    let count = columns.count - PredictionLayout.fixedColumns.count - 2
    guard count > 0 else { return nil }
    for (classes, link) in [
      (count / 2, ScoreLink.softmax), (count / 2, .sigmoid), (count, .identity),
    ] where classes > 0 {
      let layout = layout(classes: classes, link)
      if layout.columns == columns { return layout }
    }
    return nil
  }

  package func answers(_ outputs: [Double], _ layout: PredictionLayout) -> [Int] {
    ScoreLink.largest(outputs, classes: layout.outputs.count)
  }

  package func sample(_ predictions: Predictions) -> any ScoredSample {
    ClassSample(PooledPredictions(predictions))
  }

  /// Two correct answers per class define every metric, and more than three classes add no metric
  /// keys.
  package var rightAnswers: Predictions {
    let classes = min(classNames.count, 3)
    let labels = Array(0..<classes) + Array(0..<classes)
    return Predictions(
      Self.layout(classes: classes, .identity), folds: labels.map { _ in 0 },
      indices: Array(labels.indices), targets: labels.map { Float($0) }, answers: labels,
      outputs: labels.flatMap { label in (0..<classes).map { $0 == label ? 1 : 0 } })
  }

  package func strata(_ targets: Targets) -> [Int32]? { targets.classNumbers }

  package func lossColumns(_ targets: Targets) -> [TargetDistribution] {
    counts(targets).map {
      TargetDistribution(values: [(0, targets.count - $0), (1, $0)])
    }
  }

  package func baseline(_ targets: Targets) -> [String: Double] {
    let most = counts(targets).max() ?? 0
    return ["accuracy": targets.count == 0 ? 0 : Double(most) / Double(targets.count)]
  }

  private func counts(_ targets: Targets) -> [Int] {
    var counts = [Int](repeating: 0, count: classNames.count)
    for label in targets.classNumbers { counts[Int(label)] += 1 }
    return counts
  }

  package func withoutExamples(_ predictions: Predictions) -> [Int] {
    if predictions.count == 0 { return [] }
    let (predicted, absent) = PooledPredictions(predictions).confusionMatrix.withoutExamples
    return (predicted + absent).sorted()
  }

  package func pictures(
    _ predictions: Predictions
  ) -> [(name: String, picture: PixelImage)] {
    ConfusionPicture.draw(predictions).map { [("confusion_matrix", $0)] } ?? []
  }

  /// The classification report and the confusion matrix.
  package func reportFiles(_ predictions: Predictions, split: String) throws -> [ReportFile] {
    let suffix = split == "test" ? "" : "_\(split)"
    let matrix = PooledPredictions(predictions).confusionMatrix
    return [
      ReportFile(
        "classification_report\(suffix).txt", ClassificationReport.file(matrix, names: classNames)),
      try ReportFile(
        "classification_report\(suffix).json",
        json: ClassificationReport(matrix, names: classNames)),
      ReportFile("confusion_matrix\(suffix).csv", matrix.csv(names: classNames)),
    ]
  }
}

extension Predictions {
  /// These predictions as classes; `nil` if they belong to another task.
  package var classes: PooledPredictions? {
    let isClass =
      layout.targets.count == 1 && layout.answers.count == 1 && layout.limit == layout.outputs.count
    return isClass ? PooledPredictions(self) : nil
  }
}

extension PooledPredictions {
  package init(_ predictions: Predictions) {
    self.init(
      labels: predictions.targets.map { Int($0) }, predictions: predictions.answers,
      scores: predictions.outputs, link: predictions.layout.link,
      classes: predictions.layout.outputs.count)
  }
}

extension Accuracy {
  init() {}
}
