import DataSchema
import ExperimentConfig
import Glibc

struct CrossEntropy: Loss {
  static let schema = ComponentSchema(
    "cross_entropy",
    [
      Field(
        "label_smoothing", .number(.belowOne), default: "0",
        doc: "The fraction of the target that is spread evenly over all classes.")
    ],
    doc: "Softmax and negative log-likelihood over one score per class, averaged over the batch.")
  static let link = ScoreLink.softmax

  private let smoothing: Double

  init(_ arguments: Arguments) throws { smoothing = try arguments.number("label_smoothing") }

  static func fits(_ target: FieldKind) -> Bool {
    if case .category = target { true } else { false }
  }

  func objective(_ target: Objective.Operation, _ columns: [TargetDistribution]) -> Objective {
    Objective(.crossEntropy(.outputs, .targets, labelSmoothing: smoothing), link: Self.link)
  }

  func ofConstantAnswer(_ columns: [TargetDistribution]) -> Double {
    columns.reduce(0) { sum, column in
      let share = (1 - smoothing) * column.mean + smoothing / Double(columns.count)
      return sum + (share > 0 ? -share * log(share) : 0)
    }
  }
}
