import ExperimentConfig

struct ReLU: Elementwise {
  static let schema = ComponentSchema("relu", doc: "max(x, 0).")
  static let flopsPerValue = 1

  init(_ arguments: Arguments) {}

  func operation() -> Operation { .activation(.relu) }
}
