import ExperimentConfig

struct Max: Layer {
  static let schema = ComponentSchema(
    "max", main: "dim", Reducing.fields,
    doc: "The largest value over one or more dimensions, as torch.amax: equal ones share the "
      + "gradient.")

  private let reducing: Reducing

  init(_ arguments: Arguments) throws { reducing = try Reducing(arguments) }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    try reducing.plan(inputs[0], .max)
  }
}
