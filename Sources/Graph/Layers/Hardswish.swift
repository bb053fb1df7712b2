import ExperimentConfig

struct Hardswish: Elementwise {
  static let schema = ComponentSchema(
    "hardswish", doc: "x · min(max(x + 3, 0), 6) / 6, the activation of MobileNetV3.")
  static let flopsPerValue = 5

  init(_ arguments: Arguments) {}

  func operation() -> Operation { .activation(.hardswish) }
}
