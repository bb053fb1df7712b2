import ExperimentConfig

struct RandomAdjustSharpness: Transform {
  static let schema = ComponentSchema(
    "random_adjust_sharpness", main: "sharpness_factor",
    [
      Field(
        "sharpness_factor", .number(.between(0, 1000)), .required,
        doc: "0 blurs, 1 changes nothing, 2 doubles the sharpness."),
      ArgumentFields.probability("Probability that an image is changed."),
    ],
    doc: "In training, blurs or sharpens some images.")

  static let isRandom = true

  private let factor: Double
  private let p: Double

  init(_ arguments: Arguments) throws {
    factor = try arguments.number("sharpness_factor")
    p = try arguments.number("p")
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    (input, .randomOperation(RandomOperationStep(operation: .sharpness(factor: factor), p: p)))
  }
}
