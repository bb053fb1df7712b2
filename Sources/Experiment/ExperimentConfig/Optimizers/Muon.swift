/// PyTorch's `Muon`, for matrices; AdamW for everything else.
package struct Muon: OptimizerDefinition {
  package static let schema = ComponentSchema.optimizer(
    "muon", learningRate: "1e-3",
    [
      Field(
        "weight_decay", .number(.nonNegative), default: "0.1",
        doc: "Decoupled weight decay of the matrices; 'others' has its own."),
      Field("momentum", .number(.unit), default: "0.95", doc: "Decay rate of the momentum."),
      Field("nesterov", .boolean, default: "true", doc: "Whether steps use Nesterov's momentum."),
      Field(
        "ns_coefficients", .list(of: .number(.any), count: 3...3),
        default: "[3.4445, -4.775, 2.0315]", doc: "Coefficients of the Newton-Schulz iteration."),
      Field(
        "eps", .number(.positive), default: "1e-7",
        doc: "The least norm by which a matrix is divided before the iteration."),
      Field("ns_steps", .integer(.between(1, 99)), default: "5", doc: "Newton-Schulz iterations."),
      Field(
        "adjust_lr_fn", .choice(["original", "match_rms_adamw"]), default: "original",
        doc: "The factor on the learning rate of an A × B matrix: √max(1, A/B), or 0.2 √max(A, B), "
          + "with which AdamW's learning rate and weight decay fit."),
      Field(
        "others", .record(others), .defaulted("{}"),
        doc: "AdamW's arguments, for parameters that are not matrices."),
    ],
    doc: "Muon (Jordan, 2024), as in PyTorch: orthogonalised momentum, in bfloat16, for parameters "
      + "with two dimensions; AdamW updates all others.")

  private static let others = RecordSchema(
    [
      Field(
        "parameters", ExperimentSchema.patterns, .optional,
        doc: "Matrices that AdamW updates too, such as head or an embedding."),
      Field("lr", .number(.positive), default: "1e-3", doc: "Their learning rate."),
    ] + AdamRule.fields(weightDecay: "1e-2"))

  package let learningRate: Double
  package let excludedParameters: [ParameterPattern]
  private var numbers: MuonRule
  private var others: AdamW

  package var rule: UpdateRule { .muon(numbers) }
  /// The weight decay of the matrices; setting it sets that of the other parameters too.
  package var weightDecay: Double {
    get { numbers.weightDecay }
    set {
      numbers.weightDecay = newValue
      others.weightDecay = newValue
    }
  }

  package init(_ arguments: Arguments) throws {
    learningRate = try arguments.learningRate
    numbers = try MuonRule(arguments)
    let other = try arguments.record("others")
    others = try AdamW(other)
    excludedParameters = try other.patterns("parameters")
  }

  package func part(forShape shape: [Int], isExcluded: Bool) -> any OptimizerDefinition {
    if shape.count == 2, !isExcluded { return self }
    return others
  }
}

/// The hyperparameters of Muon.
package struct MuonRule: Hashable, Sendable {
  package var weightDecay: Double
  /// The decay rate of the momentum.
  package let momentum: Double
  package let usesNesterov: Bool
  /// The coefficients of x, x³ and x⁵ in the Newton-Schulz iteration.
  package let coefficients: [Double]
  /// The least norm by which a matrix is divided.
  package let eps: Double
  /// The number of Newton-Schulz iterations.
  package let iterations: Int
  /// Whether steps have the root mean square of AdamW's.
  package let matchesAdamW: Bool
}

extension MuonRule {
  init(_ arguments: Arguments) throws {
    weightDecay = try arguments.number("weight_decay")
    momentum = try arguments.number("momentum")
    usesNesterov = try arguments.boolean("nesterov")
    coefficients = try arguments.numbers("ns_coefficients")
    eps = try arguments.number("eps")
    iterations = try arguments.integer("ns_steps")
    matchesAdamW = try arguments.string("adjust_lr_fn") == "match_rms_adamw"
  }
}
