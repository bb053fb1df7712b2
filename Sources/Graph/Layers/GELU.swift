import ExperimentConfig

struct GELU: Elementwise {
  static let schema = ComponentSchema(
    "gelu",
    [
      Field(
        "approximate", .choice(["none", "tanh"]), default: "none",
        doc: "Whether the tanh approximation is used.")
    ],
    doc: "x · Φ(x), Φ the normal distribution function.")
  static let flopsPerValue = 8

  private let isTanhApproximation: Bool

  init(_ arguments: Arguments) throws {
    isTanhApproximation = try arguments.string("approximate") == "tanh"
  }

  func operation() -> Operation { .activation(.gelu(isTanhApproximation: isTanhApproximation)) }
}
