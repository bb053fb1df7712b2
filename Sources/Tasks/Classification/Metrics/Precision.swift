import ExperimentConfig
import Tasks

struct Precision: ClassMetric {
  static let schema = ComponentSchema(
    "precision",
    aliases: ["ppv"],
    doc:
      "The fraction of the examples predicted as a class that belong to it; 0 if there are none. "
      + "Macro, micro and weighted mean over the classes that occur among the labels or the "
      + "predictions; higher is better.")
  static let unit = MetricUnit.share
  static let higherIsBetter: Bool? = true

  init(_ arguments: Arguments) throws {}

  func values(_ sample: ClassSample) -> [MetricValue] {
    Averaging.summaries("precision", \.precision, sample)
  }

  func perClass(_ sample: ClassSample) -> [Double?]? {
    sample.classScores.ofEachClass(\.precision, sample.classes)
  }
}
