import ExperimentConfig
import Tasks

struct HammingLoss: LabelMetric {
  static let schema = ComponentSchema(
    "hamming_loss", aliases: ["hamming", "hamming_distance"],
    doc: "The fraction of all labels of all examples that are wrong; lower is better.")
  static let unit = MetricUnit.share
  static let higherIsBetter: Bool? = false

  init(_ arguments: Arguments) throws {}

  func values(_ sample: LabelSample) -> [MetricValue] {
    guard sample.count > 0 else {
      return [MetricValue("hamming_loss", .undefined(Undefined.empty))]
    }
    let counts = sample.counts.reduce(LabelCounts(), +)
    return [
      MetricValue(
        "hamming_loss", .defined(LabelCounts.ratio(counts.extra + counts.missed, counts.total)))
    ]
  }
}
