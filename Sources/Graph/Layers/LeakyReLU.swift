import ExperimentConfig

struct LeakyReLU: Elementwise {
  static let schema = ComponentSchema(
    "leaky_relu", main: "negative_slope",
    [Field("negative_slope", .number(.any), default: "0.01", doc: "Slope below zero.")],
    doc: "x above zero, negative_slope · x below.")
  static let flopsPerValue = 2

  private let slope: Double

  init(_ arguments: Arguments) throws { slope = try arguments.number("negative_slope") }

  func operation() -> Operation { .activation(.leakyReLU(slope: slope)) }
}
