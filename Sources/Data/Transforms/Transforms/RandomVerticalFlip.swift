import ExperimentConfig

struct RandomVerticalFlip: Transform {
  static let schema = ComponentSchema(
    "random_vertical_flip", main: "p",
    [ArgumentFields.probability("Probability that an image is turned upside down.")],
    doc: "In training, flips some images vertically.")

  static let isRandom = true

  private let p: Double

  init(_ arguments: Arguments) throws { p = try arguments.number("p") }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    (input, .randomFlip(RandomFlipStep(isHorizontal: false, p: p)))
  }
}
