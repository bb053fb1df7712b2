import ExperimentConfig

struct GroupNorm: Layer {
  static let schema = ComponentSchema(
    "group_norm", main: "num_groups",
    [
      Field(
        "num_groups", .integer(.between(1, 1e6)), .required, doc: "Number of groups of channels."),
      Normalization.eps, Normalization.affine,
    ],
    doc: "Normalisation of each example over groups of channels.")

  private let groups: Int
  private let eps: Double
  private let isAffine: Bool

  init(_ arguments: Arguments) throws {
    groups = try arguments.integer("num_groups")
    eps = try arguments.number("eps")
    isAffine = try arguments.boolean("affine")
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    guard let channels = inputs[0].dims.first, channels % groups == 0 else {
      throw ShapeMismatch(
        "'num_groups' is \(groups) and must divide the channels of \(inputs[0])",
        argument: "num_groups")
    }
    if inputs[0].count == groups {
      throw ShapeMismatch(
        "has one value in each of its \(groups) groups, so its output would always be zero",
        argument: "num_groups")
    }
    return LayerPlan(
      inputs[0], .groupNorm(groups: groups, eps: eps),
      parameters: isAffine ? Normalization.affineParameters([channels]) : [],
      flops: Normalization.flops(inputs[0]))
  }
}
