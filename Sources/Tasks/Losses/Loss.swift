import DataSchema
import Diagnostics
import ExperimentConfig

/// A loss that an experiment may name, declared once: its arguments, what it can be asked of, and the
/// operations that it is.
package protocol Loss: Sendable {
  static var schema: ComponentSchema { get }
  /// Whether it can be held against targets of this kind.
  static func fits(_ target: FieldKind) -> Bool
  /// What makes probabilities of the outputs of a model that was trained with it.
  static var link: ScoreLink { get }

  init(_ arguments: Arguments) throws

  /// Why its arguments do not fit a model with `outputs` outputs, which are held against `target`; `nil` if
  /// they do.
  func problem(_ target: DataField, outputs: Int) -> Diagnostic?

  /// - Parameters:
  ///   - target: what the outputs are held against.
  ///   - columns: their distributions over the training examples.
  func objective(_ target: Objective.Operation, _ columns: [TargetDistribution]) -> Objective

  /// The loss of the best model that gives every example the same answer.
  ///
  /// - Parameter columns: the distributions of what the outputs are held against.
  func ofConstantAnswer(_ columns: [TargetDistribution]) -> Double
}

extension Loss {
  package static var link: ScoreLink { .identity }
  package var name: String { Self.schema.name }
  package func problem(_ target: DataField, outputs: Int) -> Diagnostic? { nil }
}

/// Losses that are the mean over all outputs.
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
