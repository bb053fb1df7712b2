import DataSchema
import Diagnostics
import ExperimentConfig

/// A loss available in experiments: declares its arguments, the targets it accepts, and its
/// operations.
package protocol Loss: Sendable {
  static var schema: ComponentSchema { get }
  /// Whether the loss accepts targets of this kind.
  static func fits(_ target: FieldKind) -> Bool
  /// Converts the outputs of a model trained with this loss to probabilities.
  static var link: ScoreLink { get }

  init(_ arguments: Arguments) throws

  /// The diagnostic if the arguments do not fit a model with `outputs` outputs for `target`; `nil`
  /// if they do.
  func problem(_ target: DataField, outputs: Int) -> Diagnostic?

  /// - Parameters:
  ///   - target: the operation that yields the target of the outputs.
  ///   - columns: the distributions of the target columns over the training examples.
  func objective(_ target: Objective.Operation, _ columns: [TargetDistribution]) -> Objective

  /// The loss of the best model that gives every example the same answer.
  ///
  /// - Parameter columns: the distributions of the target columns.
  func ofConstantAnswer(_ columns: [TargetDistribution]) -> Double
}

extension Loss {
  package static var link: ScoreLink { .identity }
  package var name: String { Self.schema.name }
  package func problem(_ target: DataField, outputs: Int) -> Diagnostic? { nil }
}

/// A loss that is the mean over all outputs.
protocol ColumnLoss: Loss {
  /// The loss of the best constant answer for one column.
  func ofConstantAnswer(
    _ column: TargetDistribution, at index: Int, of columns: [TargetDistribution]
  )
    -> Double
}

extension ColumnLoss {
  package func ofConstantAnswer(_ columns: [TargetDistribution]) -> Double {
    if columns.isEmpty { return 0 }
    let sum = columns.enumerated().reduce(0) {
      $0 + ofConstantAnswer($1.element, at: $1.offset, of: columns)
    }
    return sum / Double(columns.count)
  }
}
