import Diagnostics

/// An optimizer available in experiments, decoded from its arguments.
///
/// An optimizer is declared once, in one file: name, arguments and documentation, checks, and its
/// update rule. Names, arguments and defaults are those of `torch.optim`. A new optimizer usually
/// describes its rule as an ``ElementwiseUpdate``; besides its file it needs only a line in
/// ``OptimizerRegistry``.
package protocol OptimizerDefinition: Sendable {
  static var schema: ComponentSchema { get }

  init(_ arguments: Arguments) throws

  /// The base learning rate, before parameter group multipliers and the schedule's factor; greater
  /// than 0.
  var learningRate: Double { get }

  /// How a step changes the parameters.
  var rule: UpdateRule { get }

  /// Reports arguments that contradict each other.
  func validate(into diagnostics: DiagnosticCollector)
}

extension OptimizerDefinition {
  package var name: String { Self.schema.name }

  /// The number of values kept between steps for each trained value, for estimating memory.
  package var stateValuesPerParameter: Int { rule.state.count }

  package func validate(into diagnostics: DiagnosticCollector) {}
}

extension ComponentSchema {
  /// The schema of an optimizer: its own arguments, and those common to all optimizers.
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
