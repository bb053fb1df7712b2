import DataSchema
import ExperimentConfig
import Tasks

/// Assigns any number of labels to each example.
package struct MultiLabelTask: Task {
  package static let name = "multi_label"
  package static let doc = "Any number of labels per example."
  package static let policy = policyText("A label is predicted if its probability is at least 0.5.")
  package static let metrics: [any Metric.Type] = [
    LabelAveragePrecision.self, LabelF1.self, LabelPrecision.self, LabelRecall.self,
    HammingLoss.self, SubsetAccuracy.self, LabelMatthewsCorrelation.self,
  ]
  package static let primaryKey = "average_precision_macro"
  package static let defaultLoss = "bce_with_logits"
  package static let defaultMetrics = "[average_precision, f1, hamming_loss, subset_accuracy]"
  /// A label is predicted at or above this probability, unless thresholds are fitted.
  package static let threshold = 0.5

  package let target: DataField
  package let labels: [String]
  /// Whether a threshold per label is fitted to validation predictions.
  var fitsThresholds = false
  /// The fitted thresholds; `nil` before fitting.
  var thresholds: LabelThresholds?

  package init?(_ target: DataField) {
    guard case .labelSet(let names) = target.kind, !names.isEmpty else { return nil }
    self.target = target
    labels = names
  }

  package init(layout: PredictionLayout) {
    labels = layout.targets.indices.map(String.init)
    target = DataField("labels", .labelSet(labels))
  }

  package var outputCount: Int { labels.count }
  package var primaryMetric: any Metric { LabelAveragePrecision() }
  package var lossTarget: Objective.Operation { .targets }
  package var runningScore: RunningScore? { nil }
  package var mixesTargets: Bool { true }

  package func layout(_ link: ScoreLink) -> PredictionLayout {
    Self.layout(labels.count, link)
  }

  private static func layout(_ count: Int, _ link: ScoreLink) -> PredictionLayout {
    func columns(_ prefix: String) -> [String] { (0..<count).map { "\(prefix)\($0)" } }
    let hasScores = link != .identity
    return PredictionLayout(
      targets: columns("has"), answers: columns("predicted"),
      probabilities: hasScores ? columns("p") : [], outputs: columns(hasScores ? "logit" : "p"),
      link: link, limit: 2)
  }

  package static func layout(ofHeading columns: [String]) -> PredictionLayout? {
    let count = columns.count { $0.hasPrefix("has") }
    guard count > 0 else { return nil }
    return [layout(count, .sigmoid), layout(count, .identity)].first { $0.columns == columns }
  }

  package func sample(_ predictions: Predictions) -> any ScoredSample { LabelSample(predictions) }

  package var rightAnswers: Predictions {
    let rows = 2 * labels.count
    let bits = (0..<rows).flatMap { row in
      labels.indices.map { $0 == row % labels.count ? 1 : 0 }
    }
    return Predictions(
      layout(.identity), folds: (0..<rows).map { _ in 0 }, indices: Array(0..<rows),
      targets: bits.map { Float($0) }, answers: bits, outputs: bits.map { Double($0) })
  }

  package func strata(_ targets: Targets) -> [Int32]? { nil }

  package func lossColumns(_ targets: Targets) -> [TargetDistribution] {
    labels.indices.map { TargetDistribution(targets.column($0)) }
  }

  /// The mean label frequency, which is the macro average precision of a random ranking.
  package func baseline(_ targets: Targets) -> [String: Double] {
    if targets.count == 0 { return [:] }
    let shares = lossColumns(targets).map(\.mean)
    return ["average_precision_macro": shares.reduce(0, +) / Double(shares.count)]
  }

  package func withoutExamples(_ predictions: Predictions) -> [Int] {
    if predictions.count == 0 { return [] }
    return labels.indices.filter { LabelSample(predictions).counts[$0].support == 0 }
  }

  package func reportFiles(_ predictions: Predictions, split: String) throws -> [ReportFile] {
    let suffix = split == "test" ? "" : "_\(split)"
    return [
      try ReportFile("label_report\(suffix).json", json: LabelReport(self, predictions))
    ]
  }
}
