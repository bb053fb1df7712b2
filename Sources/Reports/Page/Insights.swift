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

/// Puts the numbers of a run into words. Thresholds are named constants here, those of scores facts of the
/// task.
package struct Insights: Sendable {
  package var curve: LearningCurve
  /// From 1; the epoch of the weights that were evaluated.
  package var bestEpoch: Int?
  /// With folds or seeds: of each, and in words.
  package var bestEpochsOfParts: [Int]?
  var bestEpochText: String?
  /// Models whose scores the primary scores are the mean of; 0 for a single training.
  var modelCount = 0
  /// What the primary score says, and how it is spoken of.
  package var primary: PrimaryScore
  /// The primary score of one model: of folds the mean over their models, not that of their ensemble.
  package var validation: SplitScore?
  package var test: SplitScore?
  /// What the task says of the answers.
  package var report: TaskReport
  package var evidence = FitEvidence()
  /// By key of `metrics.jsonl`: the number of epochs without a value, and why.
  package var undefinedEpochs: [(key: String, value: (count: Int, reason: String))] = []

  /// Diverged: the training loss ends above so many times the loss of guessing.
  static let divergedLoss = 2.0
  /// From this share of a layer's units on dead or saturated ones are mentioned.
  static let fewIdleUnits = 0.05
  /// From this share on something should be done about them.
  static let manyIdleUnits = 0.25
  /// The validation loss counts as changing from this share an epoch on.
  static let flatSlope = 0.015
  /// Overfitting: the validation loss rose by this share above its best while training went on.
  static let riseOfLoss = 0.10
  /// Layers or scores named in one sentence.
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

  /// - Parameter report: what the task of the run says of its answers.
  package init(_ evidence: RunEvidence, _ report: TaskReport) {
    self.init(
      curve: LearningCurve(evidence.epochs), bestEpoch: evidence.bestEpoch,
      primary: PrimaryScore(evidence), report: report,
      validation: SplitScore(evidence, "validation"), test: SplitScore(evidence, "test"))
    bestEpochsOfParts = evidence.bestEpochsOfParts
    bestEpochText = evidence.bestEpochText
    modelCount = evidence.parts.count
    self.evidence = FitEvidence(evidence)
    let reasons = evidence.epochs.flatMap { $0.undefined.sorted { $0.key < $1.key } }
    undefinedEpochs = Dictionary(grouping: reasons, by: \.key).sorted { $0.key < $1.key }
      .map { ($0.key, ($0.value.count, $0.value[0].value)) }
  }

  /// What there is to say, the most important first.
  package var all: [Insight] {
    // What a diverged model answers says nothing about the data.
    if divergence != nil {
      return [overall, divergence, deadUnits, saturatedUnits, ending, undefinedMetrics]
        .compactMap(\.self)
    }
    return [
      overall, divergence, fit, deadUnits, saturatedUnits, convergence, ending, best,
      undefinedMetrics, generalisation,
    ].compactMap(\.self) + report.insights
  }

  /// What the answers come to.
  var overall: Insight? { report.overall }
}
