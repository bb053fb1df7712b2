import ExperimentConfig

struct SiLU: Elementwise {
  static let schema = ComponentSchema("silu", doc: "x · sigmoid(x), also called swish.")
  static let flopsPerValue = 4

  init(_ arguments: Arguments) {}

  func operation() -> Operation { .activation(.silu) }
}
