import ExperimentConfig

struct InstanceNorm1d: Layer {
  static let schema = ComponentSchema(
    "instance_norm1d", InstanceNorm.fields,
    doc: "Normalisation of each channel of each sequence [N, channels, length].")

  private let norm: InstanceNorm

  init(_ arguments: Arguments) throws { norm = try InstanceNorm(arguments) }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    try norm.plan(try SequenceShape(inputs[0], counterpart: "instance_norm2d").shape)
  }
}
