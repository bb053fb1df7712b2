import ExperimentConfig
import Tasks

struct LabelAveragePrecision: LabelMetric {
  static let schema = ComponentSchema(
    "average_precision",
    aliases: ["ap", "map", "auprc", "pr_auc", "mean_average_precision"],
    doc:
      "How well the outputs rank the examples that have a label above those that do not: the sum "
      + "of the precision at each threshold, weighted by the gain in recall. Macro mean over all "
      + "labels, where a label without examples counts as 0, micro over all entries, and weighted "
      + "by the number of examples of a label, as in scikit-learn. Higher is better.")
  static let unit = MetricUnit.share
  static let higherIsBetter: Bool? = true

  init() {}

  init(_ arguments: Arguments) throws {}

  func values(_ sample: LabelSample) -> [MetricValue] {
    let keys = ["macro", "micro", "weighted"].map { "average_precision_\($0)" }
    guard sample.count > 0, let ranked = sample.rankScores else {
      let reason = sample.count == 0 ? Undefined.empty : Undefined.notFinite
      return keys.map { MetricValue($0, .undefined(reason)) }
    }
    let support = ranked.reduce(0) { $0 + $1.support }
    guard support > 0 else {
      return keys.map { MetricValue($0, .undefined("no example has a label")) }
    }
    let scores = ranked.map { $0.averagePrecision ?? 0 }
    let weighted = NumpySum.sum(zip(scores, ranked).map { $0 * Double($1.support) })
    let micro = sample.pooledRanking.scores(sample.entryTimes).averagePrecision ?? 0
    return zip(
      keys, [NumpySum.sum(scores) / Double(scores.count), micro, weighted / Double(support)]
    ).map { MetricValue($0, .defined($1)) }
  }

  func perLabel(_ sample: LabelSample) -> [Double?]? {
    sample.rankScores?.map(\.averagePrecision)
  }
}
