import ExperimentConfig
import Tasks

struct F1: ClassMetric {
  static let schema = ComponentSchema(
    "f1",
    aliases: ["f1_score", "fscore", "f_score", "f_measure"],
    doc: "The harmonic mean of a class's precision and recall; 0 if both are 0. Macro, micro and "
      + "weighted mean over the classes that occur among the labels or the predictions; higher is "
      + "better.")
  static let unit = MetricUnit.share
  static let higherIsBetter: Bool? = true

  init(_ arguments: Arguments) throws {}

  func values(_ sample: ClassSample) -> [MetricValue] {
    Averaging.summaries("f1", \.f1, sample)
  }

  func perClass(_ sample: ClassSample) -> [Double?]? {
    sample.classScores.ofEachClass(\.f1, sample.classes)
  }
}
