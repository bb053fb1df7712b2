import ExperimentConfig

struct ReLU6: Elementwise {
  static let schema = ComponentSchema(
    "relu6", doc: "min(max(x, 0), 6), the activation of MobileNetV2.")
  static let flopsPerValue = 2

  init(_ arguments: Arguments) {}

  func operation() -> Operation { .activation(.relu6) }
}
