import ExperimentConfig

struct LayerScale: Layer {
  static let schema = ComponentSchema(
    "layer_scale", main: "init_value",
    [
      Field("init_value", .number(.any), default: "1e-6", doc: "The initial factor."),
      Field(
        "dim", .integer(.any), default: "1",
        doc: "The dimension of the channels, the batch counted as 0: 1 for images, -1 for tokens."),
    ],
    doc: "A learned factor for each channel (Touvron et al., 2021). The parameter has the node's "
      + "name, layer_scale in torchvision's ConvNeXt, and for images the shape [channels, 1, 1].")

  private let initialValue: Double
  private let dim: Int

  init(_ arguments: Arguments) throws {
    initialValue = try arguments.number("init_value")
    dim = try arguments.integer("dim")
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let shape = inputs[0]
    let dim = try Dimension.resolve(dim, in: shape, argument: "dim")
    let factors = [shape.dims[dim - 1]] + Array(repeating: 1, count: shape.rank - dim)
    return LayerPlan(
      shape, .scale, parameters: [ParameterSpec("", factors, .constant(initialValue))],
      flops: shape.count)
  }
}
