import ExperimentConfig

struct Tanh: Elementwise {
  static let schema = ComponentSchema("tanh", doc: "The hyperbolic tangent.")
  static let flopsPerValue = 5

  init(_ arguments: Arguments) {}

  func operation() -> Operation { .activation(.tanh) }
}
