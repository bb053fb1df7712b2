import ExperimentConfig

struct Mish: Elementwise {
  static let schema = ComponentSchema("mish", doc: "x · tanh(softplus(x)).")
  static let flopsPerValue = 6

  init(_ arguments: Arguments) {}

  func operation() -> Operation { .activation(.mish) }
}
