import ExperimentConfig
import RunRecord
import Tasks

extension Insight.Topic {
  package static let divergence = Insight.Topic(rawValue: "divergence")
  package static let fit = Insight.Topic(rawValue: "fit")
  package static let convergence = Insight.Topic(rawValue: "convergence")
  package static let bestEpoch = Insight.Topic(rawValue: "bestEpoch")
  package static let generalisation = Insight.Topic(rawValue: "generalisation")
  package static let ending = Insight.Topic(rawValue: "ending")
  package static let deadUnits = Insight.Topic(rawValue: "dead_units")
  package static let saturatedUnits = Insight.Topic(rawValue: "saturated_units")
  package static let undefinedMetrics = Insight.Topic(rawValue: "undefined")
}

/// Describes the results of a run in sentences. Thresholds are named constants here; those that
/// depend on the score come from the task.
package struct Insights: Sendable {
  package var curve: LearningCurve
  /// The epoch of the evaluated weights, starting at 1.
  package var bestEpoch: Int?
  /// The best epoch of each fold or seed; `nil` for a single training.
  package var bestEpochsOfParts: [Int]?
  /// The best epochs as text; `nil` if the run does not record them.
  var bestEpochText: String?
  /// The number of models over which the primary scores are averaged; 0 for a single training.
  var modelCount = 0
  /// The primary score, and the terms for it.
  package var primary: PrimaryScore
  /// The primary score of one model; with folds, the mean over their models rather than the score
  /// of the ensemble.
  package var validation: SplitScore?
  package var test: SplitScore?
  /// What the task reports about the predictions.
  package var report: TaskReport
  package var evidence = FitEvidence()
  /// Whether the run trained its weights instead of only scoring them.
  var isTrained = true
  /// The number of epochs without a value, and the reason, by key of `metrics.jsonl`.
  package var undefinedEpochs: [(key: String, value: (count: Int, reason: String))] = []

  /// Diverged: the final training loss exceeds this multiple of the loss of guessing.
  static let divergedLoss = 2.0
  /// Dead or saturated units are mentioned from this share of a layer's units.
  static let fewIdleUnits = 0.05
  /// From this share, the insight is a warning.
  static let manyIdleUnits = 0.25
  /// The validation loss counts as changing from this relative slope per epoch.
  static let flatSlope = 0.015
  /// Overfitting: the validation loss rose by this share above its minimum while training
  /// continued.
  static let riseOfLoss = 0.10
  /// The maximum number of layers or scores named in one sentence.
  static let named = 3

  package init(
    curve: LearningCurve, bestEpoch: Int?, primary: PrimaryScore, report: TaskReport = TaskReport(),
    validation: SplitScore? = nil, test: SplitScore? = nil
  ) {
    self.curve = curve
    self.bestEpoch = bestEpoch
    self.primary = primary
    self.report = report
    self.validation = validation
    self.test = test
  }

  /// - Parameter report: what the run's task reports about its predictions.
  package init(_ evidence: RunEvidence, _ report: TaskReport) {
    self.init(
      curve: LearningCurve(evidence.epochs), bestEpoch: evidence.bestEpoch,
      primary: PrimaryScore(evidence), report: report,
      validation: SplitScore(evidence, "validation"), test: SplitScore(evidence, "test"))
    bestEpochsOfParts = evidence.bestEpochsOfParts
    bestEpochText = evidence.bestEpochText
    modelCount = evidence.parts.count
    isTrained = evidence.ends.isEmpty || evidence.ends.contains { $0.epochs > 0 }
    self.evidence = FitEvidence(evidence)
    let reasons = evidence.epochs.flatMap { $0.undefined.sorted { $0.key < $1.key } }
    undefinedEpochs = Dictionary(grouping: reasons, by: \.key).sorted { $0.key < $1.key }
      .map { ($0.key, ($0.value.count, $0.value[0].value)) }
  }

  /// All insights, most important first.
  package var all: [Insight] {
    // The predictions of a diverged model say nothing about the data.
    if divergence != nil {
      return [overall, divergence, deadUnits, saturatedUnits, ending, undefinedMetrics]
        .compactMap(\.self)
    }
    return [
      overall, divergence, fit, deadUnits, saturatedUnits, convergence, ending, best,
      undefinedMetrics, generalisation,
    ].compactMap(\.self) + report.insights
  }

  /// A summary of the predictions.
  var overall: Insight? { report.overall }
}
