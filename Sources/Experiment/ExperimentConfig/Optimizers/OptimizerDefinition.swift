import Diagnostics

/// An optimizer that an experiment may name, decoded from its arguments.
///
/// An optimizer is declared once, in one file: name, arguments and documentation, checks, and its update
/// rule. Names, arguments and defaults are those of `torch.optim`. A new one usually describes its rule as
/// an ``ElementwiseUpdate``, which needs nothing outside of that file but a line in ``OptimizerRegistry``.
package protocol OptimizerDefinition: Sendable {
  static var schema: ComponentSchema { get }

  init(_ arguments: Arguments) throws

  /// Before multipliers of groups of parameters and the schedule's factor; above 0.
  var learningRate: Double { get }

  /// How a step changes the parameters.
  var rule: UpdateRule { get }

  /// Reports arguments that contradict each other.
  func validate(into diagnostics: DiagnosticCollector)
}

extension OptimizerDefinition {
  package var name: String { Self.schema.name }

  /// The number of values kept per trained value between two steps, for estimating memory.
  package var stateValuesPerParameter: Int { rule.state.count }

  package func validate(into diagnostics: DiagnosticCollector) {}
}

extension ComponentSchema {
  /// The schema of an optimizer: its own arguments, and those that every optimizer has.
  static func optimizer(
    _ name: String, learningRate: String, _ fields: [Field], doc: String
  ) -> ComponentSchema {
    ComponentSchema(
      name, main: "lr",
      [Field("lr", .number(.positive), default: learningRate, doc: "Learning rate.")] + fields
        + [ExperimentSchema.parameterGroups],
      doc: doc)
  }
}

extension Arguments {
  /// The learning rate of an optimizer.
  var learningRate: Double { get throws { try number("lr") } }
}
