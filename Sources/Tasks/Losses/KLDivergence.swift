import DataSchema
import Diagnostics
import ExperimentConfig
import Glibc

/// For several numbers that are shares of a whole, such as the votes of annotators.
struct KLDivergence: SingleTermLoss {
  static let schema = ComponentSchema(
    "kl_div",
    doc:
      "The divergence of the softmax of the outputs from targets that are shares of a whole: at least "
      + "two numbers, none below 0, that add up to 1. Summed over the outputs and averaged over the "
      + "batch: PyTorch's KLDivLoss(reduction='batchmean') of log_softmax. Predictions are the "
      + "probabilities.")

  init(_ arguments: Arguments) throws {}

  static func fits(_ target: FieldKind) -> Bool {
    if case .numbers = target { true } else { false }
  }

  func problems(_ target: DataField, count: Int) -> [Diagnostic] {
    if count > 1 { return [] }
    return [
      Diagnostic(
        .error, "'\(name)' needs at least two numbers that are shares of a whole, and there is one",
        at: nil)
    ]
  }

  func prediction(for count: Int) -> Objective.Operation {
    .exponential(.logSoftmax(.outputs))
  }

  func term(_ targets: LossTargets) -> Objective.Term {
    // The mean over all outputs, times their number.
    return Objective.Term(
      name,
      .scaled(.divergence(.logSoftmax(.outputs), targets.operation), by: Double(targets.width)))
  }

  func undefinedReason(_ targets: LossTargets) -> String? {
    for (index, column) in targets.columns.enumerated() {
      if let value = column.values.first?.value, value < 0 {
        return
          "'\(name)' needs shares, and \(targets.nameText(index)) is \(NumberText.short(value)) in a training "
          + "example"
      }
    }
    let sum = targets.columns.reduce(0) { $0 + $1.mean }
    let isKnown = targets.columns.contains { $0.count > 0 }
    guard isKnown, abs(sum - 1) > 1e-3 else { return nil }
    return "'\(name)' needs targets that add up to 1, and they add up to "
      + "\(NumberText.short(sum)) on average over the training examples"
  }

  /// The best constant answer is the mean of the shares.
  func ofConstantAnswer(_ targets: LossTargets) -> Double? {
    targets.columns.reduce(0) { sum, column in
      let mean = column.mean
      return sum + column.mean { $0 > 0 ? $0 * log($0) : 0 } - (mean > 0 ? mean * log(mean) : 0)
    }
  }
}
