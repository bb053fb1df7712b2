import ExperimentConfig

struct RandomInvert: Transform {
  static let schema = ComponentSchema(
    "random_invert", main: "p",
    [ArgumentFields.probability("Probability that an image is inverted.")],
    doc: "In training, inverts the values of some images.")

  static let isRandom = true

  private let p: Double

  init(_ arguments: Arguments) throws { p = try arguments.number("p") }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    (input, .randomOperation(RandomOperationStep(operation: .invert, p: p)))
  }
}
