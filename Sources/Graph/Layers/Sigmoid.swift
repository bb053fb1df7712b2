import ExperimentConfig

struct Sigmoid: Elementwise {
  static let schema = ComponentSchema("sigmoid", doc: "1 / (1 + exp(-x)).")
  static let flopsPerValue = 3

  init(_ arguments: Arguments) {}

  func operation() -> Operation { .activation(.sigmoid) }
}
