import ExperimentConfig

struct SELU: Elementwise {
  static let schema = ComponentSchema(
    "selu",
    doc: "scale · ELU(x) with the constants of self-normalising networks (Klambauer et al., 2017).")
  static let flopsPerValue = 4

  init(_ arguments: Arguments) {}

  func operation() -> Operation { .activation(.selu) }
}
