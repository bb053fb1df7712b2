import ExperimentConfig

struct Linear: Layer {
  static let schema = ComponentSchema(
    "linear", main: "out_features",
    [
      Field(
        "out_features", .integer(.between(1, 1e8)), .optional,
        doc: "Size of the output; if left out in the model's last layer, what the targets need."),
      Field("bias", .boolean, default: "true", doc: "Whether to add a bias."),
      InitialValues.weight, InitialValues.bias,
    ],
    outputSize: "out_features",
    doc: "x · Wᵀ + b on the last dimension; the input size is inferred.")

  private let outFeatures: Int
  private let hasBias: Bool
  private let weightInit: InitialValues
  private let biasInit: InitialValues

  init(_ arguments: Arguments) throws {
    outFeatures = try arguments.integer("out_features")
    hasBias = try arguments.boolean("bias")
    weightInit = try InitialValues(arguments)
    biasInit = try InitialValues(arguments, "bias_init")
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let shape = inputs[0]
    guard let inFeatures = shape.dims.last else {
      throw ShapeMismatch("'linear' needs a vector, but its input is a single number")
    }
    let standard = ParameterSpec.Initializer.uniform(fanIn: inFeatures)
    var parameters = [
      ParameterSpec(
        "weight", [outFeatures, inFeatures],
        try weightInit.initializer(fanIn: inFeatures, fanOut: outFeatures, standard: standard))
    ]
    if hasBias {
      parameters.append(
        ParameterSpec(
          "bias", [outFeatures],
          try biasInit.initializer(
            fanIn: inFeatures, fanOut: outFeatures, standard: standard, argument: "bias_init")))
    }
    let output = Shape(shape.dims.dropLast() + [outFeatures])
    let flops = Saturating.multiply(
      output.count, Saturating.add(Saturating.multiply(2, inFeatures), hasBias ? 1 : 0))
    return LayerPlan(output, .linear, parameters: parameters, flops: flops)
  }
}
