import ExperimentConfig

struct Softplus: Elementwise {
  static let schema = ComponentSchema(
    "softplus", main: "beta",
    [
      Field(
        "beta", .number(.positive), default: "1.0", doc: "The larger, the closer to ReLU."),
      Field(
        "threshold", .number(.any), default: "20.0",
        doc: "If beta · x is larger than this, the output is x."),
    ],
    doc: "log(1 + exp(beta · x)) / beta, a smooth ReLU.")
  static let flopsPerValue = 4

  private let beta: Double
  private let threshold: Double

  init(_ arguments: Arguments) throws {
    beta = try arguments.number("beta")
    threshold = try arguments.number("threshold")
  }

  func operation() -> Operation { .activation(.softplus(beta: beta, threshold: threshold)) }
}
