import ExperimentConfig

struct ToTensor: Transform {
  static let schema = ComponentSchema(
    "to_tensor", doc: "Turns bytes of 0 to 255 into floats of 0 to 1, as torchvision's ToTensor.")

  init(_ arguments: Arguments) {}

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (
    output: ImageType, step: TransformStep
  ) {
    if input.isFloat { throw TransformMismatch("the images are floats already") }
    var output = input
    output.isFloat = true
    return (output, .scale)
  }
}
