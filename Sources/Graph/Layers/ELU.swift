import ExperimentConfig

struct ELU: Elementwise {
  static let schema = ComponentSchema(
    "elu", main: "alpha",
    [
      Field(
        "alpha", .number(.any), default: "1.0",
        doc: "The output approaches −alpha for large negative inputs.")
    ],
    doc: "x above zero, alpha · (exp(x) − 1) below.")
  static let flopsPerValue = 3

  private let alpha: Double

  init(_ arguments: Arguments) throws {
    alpha = try arguments.number("alpha")
  }

  func operation() -> Operation { .activation(.elu(alpha: alpha)) }
}
