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
        .oneOf([.choice(["none", "balanced"]), .list(of: .number(.positive), count: 1...65_536)]),
        default: "none",
        doc:
          "Weight of the loss where a label is present: balanced is the ratio of the training "
          + "examples without it to those with it, a list has one number per label.")
    ],
    doc:
      "Sigmoid and binary cross-entropy for each label, averaged over all outputs; classes are "
      + "one-hot.")
  static let link = ScoreLink.sigmoid

  private enum Weights {
    case none, balanced
    case given([Double])
  }

  private let weights: Weights
  private let weightsRange: SourceRange?

  init(_ arguments: Arguments) throws {
    weightsRange = arguments.range("pos_weight")
    switch arguments.word("pos_weight") {
    case "balanced": weights = .balanced
    case nil: weights = .given(try arguments.numbers("pos_weight"))
    default: weights = .none
    }
  }

  /// Rejects a list of weights whose length differs from the number of outputs.
  func problem(_ target: DataField, outputs: Int) -> Diagnostic? {
    guard case .given(let list) = weights, list.count != outputs else { return nil }
    return Diagnostic(
      .error, "'pos_weight' has \(list.count) numbers for \(target.kind)", at: weightsRange)
  }

  static func fits(_ target: FieldKind) -> Bool {
    switch target {
    case .category, .labelSet: true
    default: false
    }
  }

  func objective(_ target: Objective.Operation, _ columns: [TargetDistribution]) -> Objective {
    Objective(
      .binaryCrossEntropy(.outputs, target, positiveWeights: positiveWeights(columns)),
      link: Self.link)
  }

  /// One weight per column; empty if all are 1.
  private func positiveWeights(_ columns: [TargetDistribution]) -> [Double] {
    switch weights {
    case .none: []
    case .given(let list): list
    case .balanced:
      columns.map { column in
        let positives = column.mean * Double(column.count)
        // A label that never occurs keeps weight 1.
        return positives > 0 ? (Double(column.count) - positives) / positives : 1
      }
    }
  }

  func ofConstantAnswer(
    _ column: TargetDistribution, at index: Int, of columns: [TargetDistribution]
  ) -> Double {
    let share = column.mean
    let all = positiveWeights(columns)
    let weight = all.indices.contains(index) ? all[index] : 1
    // The answer that minimises the loss is the weighted share.
    let weighted = weight * share
    guard share > 0, share < 1 else { return 0 }
    let answer = weighted / (weighted + 1 - share)
    return -weighted * log(answer) - (1 - share) * log(1 - answer)
  }
}
