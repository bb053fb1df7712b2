import ExperimentConfig

struct Linear: Layer {
  static let schema = ComponentSchema(
    "linear", main: "out_features",
    [
      Field(
        "out_features", .integer(.between(1, 1e8)), .optional,
        doc:
          "Size of the output; if left out in the model's last layer, the size that the targets "
          + "need."
      ),
      Field("bias", .boolean, default: "true", doc: "Whether to add a bias."),
    ],
    outputSize: "out_features",
    doc: "x · Wᵀ + b on the last dimension; the input size is inferred.")

  private let outFeatures: Int
  private let hasBias: Bool

  init(_ arguments: Arguments) throws {
    outFeatures = try arguments.integer("out_features")
    hasBias = try arguments.boolean("bias")
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let shape = inputs[0]
    guard let inFeatures = shape.dims.last else {
      throw ShapeMismatch("'linear' needs a vector, but its input is a single number")
    }
    var parameters = [
      ParameterSpec("weight", [outFeatures, inFeatures], .uniform(fanIn: inFeatures))
    ]
    if hasBias {
      parameters.append(ParameterSpec("bias", [outFeatures], .uniform(fanIn: inFeatures)))
    }
    let output = Shape(shape.dims.dropLast() + [outFeatures])
    let flops = Saturating.multiply(
      output.count, Saturating.add(Saturating.multiply(2, inFeatures), hasBias ? 1 : 0))
    return LayerPlan(output, .linear, parameters: parameters, flops: flops)
  }
}
