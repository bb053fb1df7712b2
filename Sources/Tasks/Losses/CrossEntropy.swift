import DataSchema
import Diagnostics
import ExperimentConfig
import Glibc

struct CrossEntropy: SingleTermLoss {
  static let schema = ComponentSchema(
    "cross_entropy",
    [
      Field(
        "label_smoothing", .number(.belowOne), default: "0",
        doc: "The fraction of the target that is spread evenly over all classes."),
      Field(
        "weight", .oneOf([.choice(["balanced"])] + NamedWeights.forms(.nonNegative)), .optional,
        doc:
          "Weight of the loss of each class; the sum over a step is divided by the sum of its "
          + "examples' weights, as in PyTorch. A list has one number per class; a mapping names "
          + "classes, with 1 for the others. balanced: examples / (classes × examples of the class), "
          + "over the training examples, as scikit-learn's compute_class_weight. For masks, pixels take "
          + "the place of examples."),
    ],
    doc:
      "Softmax and negative log-likelihood over one score per class, averaged over the batch; for masks over "
      + "its pixels that have a class.")
  private let smoothing: Double
  private let weights: NamedWeights

  init(_ arguments: Arguments) throws {
    smoothing = try arguments.number("label_smoothing")
    weights = try NamedWeights(arguments, "weight")
  }

  static func link(for target: FieldKind) -> ScoreLink { .softmax }

  static func fits(_ target: FieldKind) -> Bool {
    switch target {
    case .category, .mask: true
    default: false
    }
  }

  func problems(_ target: DataField, count: Int) -> [Diagnostic] {
    weights.problems(target, count: count)
  }

  private func classWeights(_ targets: LossTargets) -> [Double] {
    weights.values(targets.names) { NamedWeights.balanced(targets.counts) }
  }

  func term(_ targets: LossTargets) -> Objective.Term {
    let weights = classWeights(targets)
    return Objective.Term(
      name,
      .crossEntropy(.outputs, .targets, labelSmoothing: smoothing, classWeights: weights),
      classWeights: weights.isEmpty ? targets.pixelWeights : weights)
  }

  func ofConstantAnswer(_ targets: LossTargets) -> Double? {
    let columns = targets.columns
    let weights = classWeights(targets)
    if weights.isEmpty {
      return columns.reduce(0) { sum, column in
        let share = (1 - smoothing) * column.mean + smoothing / Double(columns.count)
        return sum + (share > 0 ? -share * log(share) : 0)
      }
    }
    // The answer that minimises the loss is proportional to the weighted shares.
    let shares = zip(columns, weights).map { column, weight in
      weight * ((1 - smoothing) * column.mean + smoothing / Double(columns.count))
    }
    let all = shares.reduce(0, +)
    let divisor = zip(columns, weights).reduce(0) { $0 + $1.0.mean * $1.1 }
    if divisor == 0 { return 0 }
    return shares.reduce(0) { $0 + ($1 > 0 ? -$1 * log($1 / all) : 0) } / divisor
  }
}
