import DataSchema
import Diagnostics
import ExperimentConfig
import Glibc

struct BinaryCrossEntropy: ColumnLoss {
  static let schema = ComponentSchema(
    "bce_with_logits",
    [
      Field(
        "pos_weight",
        .oneOf([.choice(["none", "balanced"])] + NamedWeights.forms(.positive)), default: "none",
        doc:
          "Weight of the loss where a label is present: balanced is the ratio of the training "
          + "examples without it to those with it, a list has one number per label, and a mapping "
          + "names labels, with 1 for the others."),
      Field(
        "weight", .oneOf(NamedWeights.forms(.nonNegative)), .optional,
        doc:
          "Weight of the loss of each label, present or not: a list with one number per label, or a "
          + "mapping that names labels, with 1 for the others. The mean is still over all outputs."),
      Field(
        "label_smoothing", .number(.belowOne), .optional,
        doc:
          "The share by which targets move towards 1/2: 0.1 makes them 0.05 and 0.95; 0 if left out."
      ),
    ],
    doc:
      "Sigmoid and binary cross-entropy for each label, averaged over all outputs; classes are "
      + "one-hot.")
  private let positive: NamedWeights
  private let weights: NamedWeights
  private let smoothing: Double

  init(_ arguments: Arguments) throws {
    positive = try NamedWeights(arguments, "pos_weight")
    weights = try NamedWeights(arguments, "weight")
    smoothing = arguments.has("label_smoothing") ? try arguments.number("label_smoothing") : 0
  }

  func problems(_ target: DataField, count: Int) -> [Diagnostic] {
    positive.problems(target, count: count) + weights.problems(target, count: count)
  }

  static func link(for target: FieldKind) -> ScoreLink { .sigmoid }

  static func fits(_ target: FieldKind) -> Bool {
    switch target {
    case .category, .labelSet: true
    default: false
    }
  }

  func term(_ targets: LossTargets) -> Objective.Term {
    var target = targets.operation
    if smoothing > 0 { target = .shifted(.scaled(target, by: 1 - smoothing), by: smoothing / 2) }
    let values = Objective.Operation.binaryCrossEntropy(
      .outputs, target, positiveWeights: positiveWeights(targets))
    let weights = weights.values(targets.names) { [] }
    return Objective.Term(name, weights.isEmpty ? values : .columnsScaled(values, by: weights))
  }

  /// One weight per column; empty if all are 1.
  private func positiveWeights(_ targets: LossTargets) -> [Double] {
    positive.values(targets.names) {
      targets.columns.map { column in
        let positives = column.mean * Double(column.count)
        // A label that never occurs keeps weight 1.
        return positives > 0 ? (Double(column.count) - positives) / positives : 1
      }
    }
  }

  func ofConstantAnswer(at index: Int, _ targets: LossTargets) -> Double {
    let share = (1 - smoothing) * targets.columns[index].mean + smoothing / 2
    func number(_ list: [Double]) -> Double { list.indices.contains(index) ? list[index] : 1 }
    // The answer that minimises the loss is the weighted share.
    let weighted = number(positiveWeights(targets)) * share
    guard share > 0, share < 1 else { return 0 }
    let answer = weighted / (weighted + 1 - share)
    return number(weights.values(targets.names) { [] })
      * (-weighted * log(answer) - (1 - share) * log(1 - answer))
  }
}
