import ExperimentConfig

struct Hardsigmoid: Elementwise {
  static let schema = ComponentSchema(
    "hardsigmoid", doc: "min(max(x + 3, 0), 6) / 6, a piecewise linear sigmoid.")
  static let flopsPerValue = 4

  init(_ arguments: Arguments) {}

  func operation() -> Operation { .activation(.hardsigmoid) }
}
