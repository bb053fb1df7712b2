import ExperimentConfig

struct Identity: Elementwise {
  static let schema = ComponentSchema("identity", doc: "Gives its input on; a place for a name.")
  static let flopsPerValue = 0

  init(_ arguments: Arguments) {}

  func operation() -> Operation { .identity }
}
