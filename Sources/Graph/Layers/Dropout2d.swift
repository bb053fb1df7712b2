import ExperimentConfig

struct Dropout2d: Layer {
  static let schema = ComponentSchema(
    "dropout2d", main: "p", [Dropout.probability],
    doc: "Zeroes whole channels at random while training and scales the others by 1 / (1 - p).")

  private let p: Double

  init(_ arguments: Arguments) throws { p = try arguments.number("p") }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let image = try ImageShape(inputs[0])
    return LayerPlan(image.shape, .dropout(p: p, wholeChannels: true), flops: image.shape.count)
  }
}
