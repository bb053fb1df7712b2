import ExperimentConfig

struct RandomPosterize: Transform {
  static let schema = ComponentSchema(
    "random_posterize", main: "bits",
    [
      Field(
        "bits", .integer(.between(1, 8)), .required, doc: "Number of bits to keep of each value."),
      ArgumentFields.probability("Probability that an image is posterized."),
    ],
    doc: "In training, reduces the number of levels of some images.")

  static let isRandom = true

  private let bits: Int
  private let p: Double

  init(_ arguments: Arguments) throws {
    bits = try arguments.integer("bits")
    p = try arguments.number("p")
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    (input, .randomOperation(RandomOperationStep(operation: .posterize(bits: bits), p: p)))
  }
}
