import ExperimentConfig
import Tasks

struct TopKAccuracy: ClassMetric {
  static let schema = ComponentSchema(
    "top_k_accuracy", main: "k",
    [
      Field(
        "k", .integer(.atLeast(1)), default: "5",
        doc: "Number of most probable classes to consider.")
    ],
    aliases: ["top5", "top_5", "topk", "top_k"],
    doc: "The fraction of examples whose class is among the k most probable ones, as "
      + "top_<k>_accuracy; ties as in scikit-learn's top_k_accuracy_score. 1 if there are no more "
      + "than k classes. Higher is better.")
  static let unit = MetricUnit.share
  static let higherIsBetter: Bool? = true

  static func owns(_ key: String) -> Bool {
    key.hasPrefix("top_") && key.hasSuffix("_accuracy")
  }

  private let k: Int

  init(_ arguments: Arguments) throws { k = try arguments.integer("k") }

  func values(_ sample: ClassSample) -> [MetricValue] {
    let key = "top_\(k)_accuracy"
    guard sample.count > 0, sample.isFinite else {
      return [MetricValue(key, .undefined(Undefined.reason(sample)))]
    }
    var hits = 0
    let ahead = sample.classesAhead
    if let times = sample.times {
      for index in ahead.indices where ahead[index] < k { hits += Int(times[index]) }
    } else {
      hits = ahead.count { $0 < k }
    }
    return [MetricValue(key, .defined(Averaging.ratio(hits, sample.count)))]
  }
}
