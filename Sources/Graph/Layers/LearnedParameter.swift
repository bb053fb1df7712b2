import ExperimentConfig

struct LearnedParameter: Layer {
  static let schema = ComponentSchema(
    "parameter", main: "shape",
    [
      Field(
        "shape", .list(of: .integer(.between(1, 1e9)), count: 1...7), .optional,
        doc: "The shape without the batch; that of the input if left out."),
      InitialValues.plain(),
      Field(
        "batch_dim", .boolean, default: "true",
        doc: "Whether the parameter is kept with a first dimension of 1 for the batch, as "
          + "torchvision's class_token [1, 1, 768]."),
    ],
    doc: "A learned parameter, the same for every example, such as a class token or position "
      + "embeddings. It has the node's name in weight files. Of the input only the size of the "
      + "batch counts.")
  static let readsValues = false

  private let shape: [Int]?
  private let initialValues: InitialValues
  private let hasBatchDim: Bool

  init(_ arguments: Arguments) throws {
    shape = arguments.has("shape") ? try arguments.integers("shape") : nil
    initialValues = try InitialValues(arguments)
    hasBatchDim = try arguments.boolean("batch_dim")
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let output = shape.map(Shape.init) ?? inputs[0]
    let spec = ParameterSpec(
      "", (hasBatchDim ? [1] : []) + output.dims, try initialValues.initializer(standard: .zeros))
    return LayerPlan(output, .parameter(hasBatchDim: hasBatchDim), parameters: [spec])
  }
}
