import Diagnostics
import OrderedCollections

/// How an optimizer treats some parameters differently: groups with arguments of their own, parameters
/// without weight decay, and learning rates that fall with the distance from the output.
package struct ParameterSettings: Sendable {
  /// The first group that matches a parameter applies.
  package let groups: [ParameterGroup]
  /// Parameters without weight decay, unless their group gives them one.
  package let noDecay: [ParameterPattern]
  /// The factor on the learning rate from each block of the model to the one before; `nil` for none.
  package let layerDecay: Double?
  let layerDecayRange: SourceRange?

  /// Every parameter is treated alike.
  package static let none = ParameterSettings(
    groups: [], noDecay: [], layerDecay: nil, layerDecayRange: nil)

  private init(
    groups: [ParameterGroup], noDecay: [ParameterPattern], layerDecay: Double?,
    layerDecayRange: SourceRange?
  ) {
    self.groups = groups
    self.noDecay = noDecay
    self.layerDecay = layerDecay
    self.layerDecayRange = layerDecayRange
  }

  /// - Parameter optimizer: an optimizer as a component of the experiment.
  init(_ optimizer: ResolvedComponent) throws {
    let arguments = optimizer.arguments
    self.init(
      groups: try arguments.list("groups").map { try ParameterGroup($0, of: optimizer) },
      noDecay: try arguments.patterns("no_decay"),
      layerDecay: arguments.has("layer_decay") ? try arguments.number("layer_decay") : nil,
      layerDecayRange: arguments.range("layer_decay"))
  }

  /// Whether every parameter is treated alike.
  package var isEmpty: Bool { groups.isEmpty && noDecay.isEmpty && layerDecay == nil }

  /// Reports groups that contradict themselves or change nothing.
  func validate(for optimizer: any OptimizerDefinition, into diagnostics: DiagnosticCollector) {
    for group in groups { group.validate(into: diagnostics) }
    let rest = optimizer.part(forShape: [1], isExcluded: false)
    if let range = noDecay.first?.range, optimizer.weightDecay == 0, rest.weightDecay == 0,
      groups.allSatisfy({ !$0.hasWeightDecay })
    {
      diagnostics.warning(
        "'no_decay' changes nothing without weight decay", at: range, hint: "set weight_decay")
    }
  }
}

/// Parameters for which the optimizer has arguments of their own.
package struct ParameterGroup: Sendable {
  package let patterns: [ParameterPattern]
  /// A factor on the learning rate.
  package let multiplier: Double
  /// The optimizer with the group's arguments; `nil` if the group gives none besides its multiplier.
  package let definition: (any OptimizerDefinition)?
  /// Whether the group gives a learning rate, which layer-wise decay then leaves alone.
  package let hasLearningRate: Bool
  /// Whether the group gives a weight decay, which `no_decay` then leaves alone.
  package let hasWeightDecay: Bool
  private let hasMultiplier: Bool
  private let multiplierRange: SourceRange?
  private let range: SourceRange?

  init(_ group: Resolved, of optimizer: ResolvedComponent) throws {
    guard case .record(var values) = group.content else {
      throw ProgramFault("a parameter group is no mapping")
    }
    patterns = try ParameterPattern.all(group.at("parameters"))
    hasMultiplier = group.optional("lr_multiplier") != nil
    multiplier = try group.optional("lr_multiplier")?.number() ?? 1
    multiplierRange = group.optional("lr_multiplier")?.range
    range = group.range
    values["parameters"] = nil
    values["lr_multiplier"] = nil
    values = values.filter { !$0.value.isNull }
    hasLearningRate = values["lr"] != nil
    hasWeightDecay = values.contains { key, value in
      key == "weight_decay" || value.optional("weight_decay") != nil
    }
    definition =
      values.isEmpty
      ? nil
      : try OptimizerRegistry.make(
        ResolvedComponent(
          name: optimizer.name, arguments: optimizer.arguments.replacing(with: values),
          origin: group.origin))
  }

  fileprivate func validate(into diagnostics: DiagnosticCollector) {
    if hasMultiplier, hasLearningRate {
      diagnostics.error(
        "'lr' and 'lr_multiplier' exclude each other", at: multiplierRange,
        hint: "remove one of the two")
    }
    if !hasMultiplier, definition == nil {
      diagnostics.error(
        "the group gives its parameters no arguments of their own", at: range,
        hint: "add lr_multiplier or an argument of the optimizer, such as weight_decay")
    }
    definition?.validate(into: diagnostics)
  }
}

extension ParameterSettings {
  /// The arguments that every optimizer has.
  ///
  /// - Parameter own: the optimizer's own arguments, all of which a group can give again.
  static func fields(for own: [Field]) -> [Field] {
    let group = RecordSchema(
      [
        Field(
          "parameters", ExperimentSchema.patterns, .required,
          doc: "head, backbone, bias, norm, or names of parameters, such as layer4."),
        Field(
          "lr_multiplier", .number(.positive), .optional,
          doc: "Their learning rate as a multiple of the optimizer's."),
      ] + own.map(\.optionalInGroup))
    return [
      Field(
        "no_decay", .oneOf([ExperimentSchema.pattern, patternList]), .optional,
        doc:
          "Parameters without weight decay: bias, norm (all parameters of normalisation layers), "
          + "or names; a group that gives weight_decay decides for its own."),
      Field(
        "layer_decay", .number(.positiveUnit), .optional,
        doc: "Layer-wise learning-rate decay: from each block of the model to the one before, the "
          + "learning rate is multiplied by this factor; the head has the full one."),
      Field(
        "groups", .list(of: .record(group)), default: "[]",
        doc: "Parameters with arguments of their own; the first group that names one counts."),
    ]
  }

  private static let patternList = SchemaType.list(of: ExperimentSchema.pattern, count: 0...1000)
}

extension Field {
  /// The argument as a parameter group has it: left out, it is the optimizer's.
  fileprivate var optionalInGroup: Field {
    var field = self
    field.presence = .optional
    if case .record(let inner) = type {
      // Which parameters an argument is for is up to the group.
      field.type = .record(
        RecordSchema(
          inner.fields.filter { $0.name != "parameters" }.map(\.optionalInGroup), doc: inner.doc))
    }
    return field
  }
}

extension Arguments {
  /// Patterns of parameter names; empty if the argument was left out.
  func patterns(_ name: String) throws -> [ParameterPattern] {
    has(name) ? try ParameterPattern.all(value(name)) : []
  }
}
