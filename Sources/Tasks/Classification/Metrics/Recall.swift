import ExperimentConfig
import Tasks

struct Recall: ClassMetric {
  static let schema = ComponentSchema(
    "recall",
    aliases: ["sensitivity", "tpr"],
    doc: "The fraction of the examples of a class that are predicted as it; 0 if there are none. "
      + "Macro, micro and weighted mean over the classes that occur among the labels or the "
      + "predictions; higher is better.")
  static let unit = MetricUnit.share
  static let higherIsBetter: Bool? = true

  init(_ arguments: Arguments) throws {}

  func values(_ sample: ClassSample) -> [MetricValue] {
    Averaging.summaries("recall", \.recall, sample)
  }

  func perClass(_ sample: ClassSample) -> [Double?]? {
    sample.classScores.ofEachClass(\.recall, sample.classes)
  }
}
