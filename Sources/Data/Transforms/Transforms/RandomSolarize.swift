import ExperimentConfig

struct RandomSolarize: Transform {
  static let schema = ComponentSchema(
    "random_solarize", main: "threshold",
    [
      Field(
        "threshold", .number(.between(0, 255)), .required,
        doc: "Values from this one on are inverted: 0 to 255 for bytes, 0 to 1 for floats."),
      ArgumentFields.probability("Probability that an image is solarized."),
    ],
    doc: "In training, inverts the bright values of some images.")

  static let isRandom = true

  private let threshold: Double
  private let p: Double

  init(_ arguments: Arguments) throws {
    threshold = try arguments.number("threshold")
    p = try arguments.number("p")
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    if input.isFloat, threshold > 1 {
      throw TransformMismatch(
        "'threshold' is \(NumberText.short(threshold)), but the images are floats from 0 to 1",
        hint: "write \(NumberText.short(threshold / 255))", argument: "threshold")
    }
    return (
      input, .randomOperation(RandomOperationStep(operation: .solarize(threshold: threshold), p: p))
    )
  }
}
