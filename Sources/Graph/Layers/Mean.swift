import ExperimentConfig

struct Mean: Layer {
  static let schema = ComponentSchema(
    "mean", main: "dim", Reducing.fields, doc: "The mean over one or more dimensions.")

  private let reducing: Reducing

  init(_ arguments: Arguments) throws { reducing = try Reducing(arguments) }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    try reducing.plan(inputs[0], .mean)
  }
}
