import ExperimentConfig

struct Identity: Elementwise {
  static let schema = ComponentSchema(
    "identity", doc: "Returns its input; useful to give it a name.")
  static let flopsPerValue = 0

  init(_ arguments: Arguments) {}

  func operation() -> Operation { .identity }
}
