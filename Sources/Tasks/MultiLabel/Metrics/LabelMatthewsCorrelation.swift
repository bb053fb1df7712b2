import ExperimentConfig
import Tasks

struct LabelMatthewsCorrelation: AveragedLabelMetric {
  static let schema = ComponentSchema(
    "matthews_corrcoef",
    aliases: ["mcc", "matthews", "phi"],
    doc:
      "The correlation between predicted and true occurrences of a label, from -1 to 1; 0 if one "
      + "of the two never varies. Macro, micro, samples and weighted mean; higher is better.")
  static let unit = MetricUnit.correlation
  static let higherIsBetter: Bool? = true

  init(_ arguments: Arguments) throws {}

  static func score(_ counts: LabelCounts) -> Double {
    let rejected = counts.total - counts.hits - counts.extra - counts.missed
    let (hits, extra, missed) = (Double(counts.hits), Double(counts.extra), Double(counts.missed))
    let product =
      (hits + extra) * (hits + missed) * (Double(rejected) + extra) * (Double(rejected) + missed)
    if product == 0 { return 0 }
    return (hits * Double(rejected) - extra * missed) / product.squareRoot()
  }
}
