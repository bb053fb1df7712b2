import DataSchema
import Diagnostics
import ExperimentConfig

/// A loss available in experiments: declares its arguments, the targets it accepts, and its
/// operations.
package protocol Loss: Sendable {
  /// Its arguments. Every loss also has ``TrainingLoss/scale``.
  static var schema: ComponentSchema { get }
  /// Whether the loss accepts targets of this kind.
  static func fits(_ target: FieldKind) -> Bool
  /// Converts the outputs of a model trained with this loss to probabilities.
  static func link(for target: FieldKind) -> ScoreLink

  init(_ arguments: Arguments) throws

  /// The errors if the arguments do not fit a task with `count` classes, labels or numbers of
  /// `target`.
  func problems(_ target: DataField, count: Int) -> [Diagnostic]

  /// The number of model outputs for `count` classes, labels or numbers.
  func outputCount(for count: Int) -> Int

  /// What the model's outputs say about the targets.
  ///
  /// - Parameter count: the number of classes, labels or numbers.
  func prediction(for count: Int) -> Objective.Operation

  /// What is minimised: the sum of these, at least one.
  func terms(_ targets: LossTargets) -> [Objective.Term]

  /// The reason why the loss is undefined for these targets; `nil` if it is defined.
  func undefinedReason(_ targets: LossTargets) -> String?

  /// The loss of the best model that gives every example the same answer; `nil` if it is not known.
  func ofConstantAnswer(_ targets: LossTargets) -> Double?
}

extension Loss {
  package static func link(for target: FieldKind) -> ScoreLink { .identity }
  package var name: String { Self.schema.name }
  package func problems(_ target: DataField, count: Int) -> [Diagnostic] { [] }
  package func outputCount(for count: Int) -> Int { count }
  package func prediction(for count: Int) -> Objective.Operation { .outputs }
  package func undefinedReason(_ targets: LossTargets) -> String? { nil }

  /// The objective of this loss alone.
  package func objective(_ targets: LossTargets) -> Objective {
    Objective(
      terms(targets), link: Self.link(for: targets.kind),
      prediction: prediction(for: targets.width))
  }
}

/// A loss of one term.
package protocol SingleTermLoss: Loss {
  func term(_ targets: LossTargets) -> Objective.Term
}

extension SingleTermLoss {
  package func terms(_ targets: LossTargets) -> [Objective.Term] { [term(targets)] }
}

/// A loss that is the mean over all outputs.
protocol ColumnLoss: SingleTermLoss {
  /// The loss of the best constant answer for one column.
  func ofConstantAnswer(at index: Int, _ targets: LossTargets) -> Double
}

extension ColumnLoss {
  package func ofConstantAnswer(_ targets: LossTargets) -> Double? {
    if targets.columns.isEmpty { return 0 }
    let sum = targets.columns.indices.reduce(0) { $0 + ofConstantAnswer(at: $1, targets) }
    return sum / Double(targets.columns.count)
  }
}

/// Finds the minimum of a function with a single one.
enum TernarySearch {
  /// The smallest value of `function` between `low` and `high`.
  static func minimum(
    from low: Double, to high: Double, _ function: (Double) -> Double
  ) -> Double {
    var (low, high) = (low, high)
    for _ in 0..<100 {
      let (left, right) = (low + (high - low) / 3, high - (high - low) / 3)
      if function(left) <= function(right) { high = right } else { low = left }
    }
    return function((low + high) / 2)
  }
}

extension TargetDistribution {
  /// The smallest mean of `loss`, convex in its first argument, over constant answers within the
  /// range of the values.
  ///
  /// - Parameter loss: of an answer and a value.
  func bestConstant(_ loss: (_ answer: Double, _ value: Double) -> Double) -> Double {
    guard let low = values.first?.value, let high = values.last?.value else { return 0 }
    return TernarySearch.minimum(from: low, to: high) { answer in mean { loss(answer, $0) } }
  }
}
