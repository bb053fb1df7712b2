import ExperimentConfig

struct Sum: Layer {
  static let schema = ComponentSchema(
    "sum", main: "dim", Reducing.fields, doc: "The sum over one or more dimensions.")

  private let reducing: Reducing

  init(_ arguments: Arguments) throws { reducing = try Reducing(arguments) }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    try reducing.plan(inputs[0], .sum)
  }
}
