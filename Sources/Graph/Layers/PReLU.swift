import ExperimentConfig

struct PReLU: Layer {
  static let schema = ComponentSchema(
    "prelu", main: "num_parameters",
    [
      Field(
        "num_parameters", .integer(.between(1, 1e8)), default: "1",
        doc: "1 for one slope, or the number of channels for one each."),
      Field("init", .number(.any), default: "0.25", doc: "The initial slope."),
    ],
    doc: "x above zero, slope · x below, with a learned slope.")

  private let count: Int
  private let initialSlope: Double

  init(_ arguments: Arguments) throws {
    count = try arguments.integer("num_parameters")
    initialSlope = try arguments.number("init")
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let shape = inputs[0]
    guard count == 1 || count == shape.dims.first else {
      throw ShapeMismatch(
        "'num_parameters' is \(count), but may only be 1 or the channels of \(shape)",
        argument: "num_parameters")
    }
    return LayerPlan(
      shape, .prelu, parameters: [ParameterSpec("weight", [count], .constant(initialSlope))],
      flops: Saturating.multiply(shape.count, 2))
  }
}
