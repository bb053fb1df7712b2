import ExperimentConfig

struct InstanceNorm2d: Layer {
  static let schema = ComponentSchema(
    "instance_norm2d", InstanceNorm.fields,
    doc: "Normalisation of each channel of each image over height and width.")

  private let norm: InstanceNorm

  init(_ arguments: Arguments) throws { norm = try InstanceNorm(arguments) }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    try norm.plan(try ImageShape(inputs[0]).shape)
  }
}
