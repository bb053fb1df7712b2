import ExperimentConfig

struct CheckSize: Layer {
  static let schema = ComponentSchema(
    "check_size", main: "multiple_of",
    [
      Field(
        "multiple_of", .integer(.between(1, 100_000)), .required,
        doc: "What height and width have to be a multiple of.")
    ],
    doc: "Passes images on as they are, and makes other sizes an error that says which would fit: "
      + "16 for a model that halves height and width four times and doubles them again.")

  private let multiple: Int

  init(_ arguments: Arguments) throws { multiple = try arguments.integer("multiple_of") }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let image = try ImageShape(inputs[0])
    let sizes = [image.height, image.width]
    if sizes.contains(where: { $0 % multiple != 0 }) {
      let below = sizes.map { $0 / multiple * multiple }
      let above = sizes.map { ($0 + multiple - 1) / multiple * multiple }
      let fitting = (below.contains(0) ? [above] : [below, above])
        .map { "\($0[0])×\($0[1])" }.joined(separator: " or ")
      throw ShapeMismatch(
        "needs images whose height and width are multiples of \(multiple), but they are "
          + "\(image.height)×\(image.width)",
        hint: "\(fitting) would fit; write resize: [\(above[0]), \(above[1])] in data.transforms",
        argument: nil)
    }
    return LayerPlan(inputs[0], .identity)
  }
}
