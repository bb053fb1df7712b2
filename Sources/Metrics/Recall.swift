import ExperimentConfig

struct Recall: Metric {
  static let schema = ComponentSchema(
    "recall",
    doc: "Of the examples of a class, the share that was predicted; 0 where there are none. "
      + "Macro, micro and weighted mean over the classes; higher is better.")
  static let unit = MetricUnit.share
  static let higherIsBetter: Bool? = true

  init(_ arguments: Arguments) throws {}

  func values(_ sample: Sample) -> [MetricValue] {
    Averaging.summaries("recall", ClassScores(sample.matrix).recall, sample)
  }

  func perClass(_ sample: Sample) -> [Double?]? { ClassScores(sample.matrix).recall.perClass }
}
