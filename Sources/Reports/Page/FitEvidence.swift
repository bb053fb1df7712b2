import ExperimentConfig
import RunRecord

/// What the files of a run say about its fit, besides the learning curves.
package struct FitEvidence: Sendable {
  /// The primary score of the best weights on a sample of the training examples, in evaluation mode
  /// and without augmentation; with folds or seeds, the mean over them.
  package var trainScore: Double?
  /// The number of examples in that sample.
  package var sampleCount: Int?
  /// The total number of training examples.
  package var trainCount: Int?
  /// The loss of the best constant prediction, which ignores the inputs.
  package var baselineLoss: Double?
  /// The primary score of that prediction.
  package var baselineScore: Double?
  /// `fold` or `seed` and their number; `nil` for a single training.
  package var parts: (word: String, count: Int)?
  package var activity: [RunEvidence.PartActivity] = []
  /// Why training ended, one value per training.
  package var ends: [TrainingEnd] = []
  /// Why a metric has no value, by split and key.
  package var undefined: [String: [String: String]] = [:]

  package init() {}

  package init(_ evidence: RunEvidence) {
    let summary = evidence.summary
    let primary = evidence.primary
    trainScore = summary["train_sample"]?[primary]?.number
    sampleCount = summary["examples"]?["train_sample"]?.integer
    trainCount = summary["examples"]?["train"]?.integer
    baselineLoss = summary["baseline"]?["loss"]?.number
    baselineScore = summary["baseline"]?[primary]?.number
    for word in ["fold", "seed"] {
      let count = (summary["\(word)s"] ?? .null).list.count
      if count > 0 { parts = (word, count) }
    }
    activity = evidence.activity
    ends = evidence.ends
    for (split, reasons) in summary["undefined"]?.object ?? [:] {
      undefined[split] = reasons.object.compactMapValues(\.text)
    }
  }

  /// Which training examples the score covers, such as
  /// `5,000 of 48,000 training examples in evaluation mode`.
  var sampleText: String {
    let all = trainCount.map(NumberText.grouped) ?? "the"
    let some = sampleCount.map(NumberText.grouped) ?? "a sample"
    let whole = sampleCount == trainCount ? "all \(all)" : "\(some) of \(all)"
    return "\(whole) training examples in evaluation mode"
      + (parts.map { " (mean over \($0.count) \($0.word)s)" } ?? "")
  }
}
