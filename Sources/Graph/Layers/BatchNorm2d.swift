import ExperimentConfig

struct BatchNorm2d: Layer {
  static let schema = ComponentSchema(
    "batch_norm2d", BatchNorm.fields,
    doc: "Batch normalisation of images, each channel over batch, height and width.")

  private let norm: BatchNorm

  init(_ arguments: Arguments) throws { norm = try BatchNorm(arguments) }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    norm.plan(try ImageShape(inputs[0]).shape)
  }
}
