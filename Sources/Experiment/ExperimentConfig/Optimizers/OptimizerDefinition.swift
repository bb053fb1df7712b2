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

  /// The weight decay factor; `no_decay` sets it to 0 for some parameters.
  var weightDecay: Double { get set }

  /// How a step changes the parameters.
  var rule: UpdateRule { get }

  /// The optimizer of a parameter with these dimensions: this one, unless it updates only some
  /// shapes and leaves other parameters to another optimizer.
  ///
  /// - Parameter isExcluded: whether the parameter is one of ``excludedParameters``.
  func part(forShape shape: [Int], isExcluded: Bool) -> any OptimizerDefinition

  /// The parameters that ``part(forShape:isExcluded:)`` leaves to another optimizer whatever their
  /// shape.
  var excludedParameters: [ParameterPattern] { get }

  /// Reports arguments that contradict each other.
  func validate(into diagnostics: DiagnosticCollector)
}

extension OptimizerDefinition {
  package var name: String { Self.schema.name }

  /// The number of values kept between steps for each trained value, for estimating memory.
  package var stateValuesPerParameter: Int { rule.state.count }

  package func part(forShape shape: [Int], isExcluded: Bool) -> any OptimizerDefinition { self }
  package var excludedParameters: [ParameterPattern] { [] }
  package func validate(into diagnostics: DiagnosticCollector) {}

  /// The same optimizer without weight decay.
  package var withoutWeightDecay: Self {
    var copy = self
    copy.weightDecay = 0
    return copy
  }
}

extension ComponentSchema {
  /// The schema of an optimizer: its own arguments, and those common to all optimizers.
  static func optimizer(
    _ name: String, learningRate: String, _ fields: [Field], aliases: [String] = [], doc: String
  ) -> ComponentSchema {
    let own =
      [Field("lr", .number(.positive), default: learningRate, doc: "Learning rate.")] + fields
    return ComponentSchema(
      name, main: "lr", own + ParameterSettings.fields(for: own), aliases: aliases, doc: doc)
  }
}

extension Field {
  static let weightDecay = weightDecay(default: "0")

  /// Weight decay as an L2 penalty.
  static func weightDecay(default text: String) -> Field {
    Field(
      "weight_decay", .number(.nonNegative), default: text,
      doc: "L2 penalty: this share of the weights is added to the gradient.")
  }

  static func eps(_ text: String) -> Field {
    Field("eps", .number(.nonNegative), default: text, doc: "Added to the denominator.")
  }

  /// Two decay rates of running averages.
  static func betas(_ text: String) -> Field {
    Field(
      "betas", .list(of: .number(.belowOne), count: 2...2), default: text,
      doc: "Decay rates of the two running averages.")
  }

  static let decoupledWeightDecay = Field(
    "decoupled_weight_decay", .boolean, default: "false",
    doc: "Whether weight decay shrinks the weights, as in AdamW, and leaves the gradients alone.")
}

extension Arguments {
  /// The learning rate of an optimizer.
  var learningRate: Double { get throws { try number("lr") } }
}
