import ExperimentConfig

struct RandomAutocontrast: Transform {
  static let schema = ComponentSchema(
    "random_autocontrast", main: "p",
    [ArgumentFields.probability("Probability that an image is stretched.")],
    doc: "In training, stretches the values of each channel of some images to the whole range.")

  static let isRandom = true

  private let p: Double

  init(_ arguments: Arguments) throws { p = try arguments.number("p") }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    (input, .randomOperation(RandomOperationStep(operation: .autocontrast, p: p)))
  }
}
