import ExperimentConfig

/// The rule for the initial values of a parameter, as the argument `init` of a layer:
///
///     init: zeros
///     init: {normal: 0.01}
///     init: {trunc_normal: {std: 0.02, a: -1, b: 1}}
///
/// Names and formulas are those of `torch.nn.init`.
struct InitialValues {
  /// The number of inputs or outputs of a weight that its spread is derived from.
  enum Fan: String, CaseIterable {
    case fanIn = "fan_in"
    case fanOut = "fan_out"
  }

  private enum Rule {
    case standard, xavierNormal, xavierUniform
    case constant(Double)
    case normal(Double)
    case uniform(Double)
    case uniformByFan(Fan)
    case truncatedNormal(std: Double?, lower: Double, upper: Double)
    case kaimingNormal(Fan)
    case kaimingUniform(Fan, a: Double)
  }

  private let rule: Rule

  /// The rule in the argument `name`, of one of the types below.
  init(_ arguments: Arguments, _ name: String = "init") throws {
    switch arguments.word(name) {
    case "default": rule = .standard
    case "zeros": rule = .constant(0)
    case "ones": rule = .constant(1)
    case "kaiming_normal": rule = .kaimingNormal(.fanOut)
    case "kaiming_uniform": rule = .kaimingUniform(.fanIn, a: 0)
    case "xavier_normal": rule = .xavierNormal
    case "xavier_uniform": rule = .xavierUniform
    default: rule = try Self.rule(arguments.record(name))
    }
  }

  private static func rule(_ values: Arguments) throws -> Rule {
    func fan(_ name: String) -> Fan { values.word(name).flatMap(Fan.init) ?? .fanIn }
    if values.has("constant") { return .constant(try values.number("constant")) }
    if values.has("normal") { return .normal(try values.number("normal")) }
    if values.has("kaiming_normal") { return .kaimingNormal(fan("kaiming_normal")) }
    if let parts = values.mapping("kaiming_uniform") {
      return .kaimingUniform(
        parts.word("fan").flatMap(Fan.init) ?? .fanIn, a: try parts.number("a"))
    }
    if values.has("kaiming_uniform") { return .kaimingUniform(fan("kaiming_uniform"), a: 0) }
    if values.has("uniform") {
      return values.word("uniform") == nil
        ? .uniform(try values.number("uniform")) : .uniformByFan(fan("uniform"))
    }
    if values.word("trunc_normal") != nil {
      return .truncatedNormal(std: nil, lower: -2, upper: 2)
    }
    guard let parts = values.mapping("trunc_normal") else {
      return .truncatedNormal(std: try values.number("trunc_normal"), lower: -2, upper: 2)
    }
    return .truncatedNormal(
      std: try parts.number("std"), lower: try parts.number("a"), upper: try parts.number("b"))
  }

  /// What it means for a parameter.
  ///
  /// - Parameters:
  ///   - fanIn: the inputs of one output of the layer; for a bias, those of its weight.
  ///   - fanOut: the outputs that one input of the layer has a part in.
  ///   - standard: the meaning of `default`.
  /// - Throws: ``ShapeMismatch`` at `argument` if nothing lies between the bounds of a truncated normal.
  func initializer(
    fanIn: Int = 1, fanOut: Int = 1, standard: ParameterSpec.Initializer,
    argument: String = "init"
  ) throws(ShapeMismatch) -> ParameterSpec.Initializer {
    func count(_ fan: Fan) -> Double { Double(fan == .fanIn ? fanIn : fanOut) }
    let both = Double(fanIn) + Double(fanOut)
    switch rule {
    case .standard: return standard
    case .constant(let value): return value == 0 ? .zeros : value == 1 ? .ones : .constant(value)
    case .normal(let std): return .normal(std: std)
    case .uniform(let bound): return .symmetricUniform(bound: bound)
    case .uniformByFan(.fanIn): return .uniform(fanIn: fanIn)
    case .uniformByFan(.fanOut): return .uniform(fanIn: fanOut)
    case .truncatedNormal(let std, let lower, let upper):
      guard lower < upper else {
        throw ShapeMismatch("'a' must be below 'b' in trunc_normal", argument: argument)
      }
      return .truncatedNormal(
        std: std ?? (1 / Double(fanIn)).squareRoot(), lower: lower, upper: upper)
    case .kaimingNormal(.fanOut): return .kaimingNormal(fanOut: fanOut)
    case .kaimingNormal(.fanIn): return .normal(std: (2 / Double(fanIn)).squareRoot())
    case .kaimingUniform(let fan, let a):
      return .symmetricUniform(bound: (6 / ((1 + a * a) * count(fan))).squareRoot())
    case .xavierNormal: return .normal(std: (2 / both).squareRoot())
    case .xavierUniform: return .symmetricUniform(bound: (6 / both).squareRoot())
    }
  }
}

// The arguments.
extension InitialValues {
  /// For a weight.
  static let weightType = SchemaType.oneOf([
    .choice([
      "default", "zeros", "ones", "kaiming_normal", "kaiming_uniform", "xavier_normal",
      "xavier_uniform",
    ]),
    .variants([
      constant, normal, uniform(fans: Fan.allCases), truncatedNormal(fans: [.fanIn]),
      kaimingNormal, kaimingUniform,
    ]),
  ])

  /// For a bias, whose fans are those of its weight.
  static let biasType = SchemaType.oneOf([
    .choice(["default", "zeros", "ones"]),
    .variants([
      constant, normal, uniform(fans: Fan.allCases), truncatedNormal(fans: [.fanIn]),
    ]),
  ])

  /// For a parameter without inputs and outputs.
  private static func plainType(_ words: [String]) -> SchemaType {
    .oneOf([
      .choice(words), .variants([constant, normal, uniform(fans: []), truncatedNormal(fans: [])]),
    ])
  }

  /// The argument `init` of a layer with a weight, which is part of a run's identity only if it is given.
  static let weight = Field(
    "init", weightType, .defaulted("default"), doc: weightDoc, isImpliedByDefault: true)

  static let weightDoc =
    "The initial weight: PyTorch's default, or a rule of torch.nn.init, such as kaiming_normal "
    + "(variance 2 / fan_out, as torchvision's ResNets), {kaiming_normal: fan_in}, xavier_uniform, "
    + "zeros, {constant: 0.1}, {normal: STD}, {uniform: BOUND} (±BOUND; fan_out for "
    + "±1/√fan_out), {trunc_normal: STD} (cut off at ±2; fan_in for √(1/fan_in)) or "
    + "{trunc_normal: {std: STD, a: LOWER, b: UPPER}}."

  /// The argument `bias_init` of a layer with a weight and a bias.
  static let bias = Field(
    "bias_init", biasType, .defaulted("default"),
    doc: "The initial bias: PyTorch's default, zeros, ones, or constant, normal, uniform and "
      + "trunc_normal as for init.", isImpliedByDefault: true)

  /// The argument `init` of a parameter without inputs and outputs.
  ///
  /// - Parameter standard: what `default` means, if the layer has an initial value of its own; otherwise zeros are
  ///   the default.
  static func plain(standard: String? = nil) -> Field {
    let words = (standard == nil ? [] : ["default"]) + ["zeros", "ones"]
    return Field(
      "init", plainType(words), default: words[0],
      doc: "The initial values: " + (standard.map { "default, which is \($0), " } ?? "")
        + "zeros, ones, {constant: 0.1}, {normal: STD}, {uniform: BOUND} (±BOUND), "
        + "{trunc_normal: STD} (cut off at ±2) or "
        + "{trunc_normal: {std: STD, a: LOWER, b: UPPER}}.")
  }

  private static let constant = RecordSchema([
    Field("constant", .number(.any), .required, doc: "The value of every element.")
  ])
  private static let normal = RecordSchema([
    Field("normal", .number(.nonNegative), .required, doc: "The standard deviation; the mean is 0.")
  ])

  private static func uniform(fans: [Fan]) -> RecordSchema {
    RecordSchema([
      Field(
        "uniform", number(orFan: fans), .required,
        doc: "The bound on both sides of 0; with a fan, 1/√fan.")
    ])
  }

  private static func truncatedNormal(fans: [Fan]) -> RecordSchema {
    let parts = RecordSchema([
      Field("std", .number(.positive), .required, doc: "The standard deviation before the cut."),
      Field("a", .number(.any), default: "-2", doc: "The smallest value."),
      Field("b", .number(.any), default: "2", doc: "The largest value."),
    ])
    return RecordSchema([
      Field(
        "trunc_normal", .oneOf([number(orFan: fans), .record(parts)]), .required,
        doc: "The standard deviation before the cut; with fan_in, √(1/fan_in).")
    ])
  }

  private static let fan = SchemaType.choice(Fan.allCases.map(\.rawValue))

  private static let kaimingNormal = RecordSchema([
    Field(
      "kaiming_normal", fan, .required, doc: "The number that the variance is 2 divided by.")
  ])

  private static let kaimingUniform = RecordSchema([
    Field(
      "kaiming_uniform",
      .oneOf([
        fan,
        .record(
          RecordSchema([
            Field("fan", fan, default: "fan_in", doc: "Inputs or outputs of the weight."),
            Field(
              "a", .number(.nonNegative), default: "0",
              doc: "The slope of the rectifier below 0, which divides the variance by 1 + a²."),
          ])),
      ]), .required, doc: "The number that the variance is 2 divided by.")
  ])

  private static func number(orFan fans: [Fan]) -> SchemaType {
    fans.isEmpty
      ? .number(.positive) : .oneOf([.number(.positive), .choice(fans.map(\.rawValue))])
  }
}
