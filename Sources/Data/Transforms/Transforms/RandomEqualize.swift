import ExperimentConfig

struct RandomEqualize: Transform {
  static let schema = ComponentSchema(
    "random_equalize", main: "p",
    [ArgumentFields.probability("Probability that an image is equalized.")],
    doc:
      "In training, spreads the values of each channel of some images evenly over the whole range.")

  static let isRandom = true

  private let p: Double

  init(_ arguments: Arguments) throws { p = try arguments.number("p") }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    (input, .randomOperation(RandomOperationStep(operation: .equalize, p: p)))
  }
}
