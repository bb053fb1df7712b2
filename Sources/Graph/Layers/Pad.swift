import ExperimentConfig

struct Pad: Layer {
  private static let amount = SchemaType.integer(.between(-100_000, 100_000))

  static let schema = ComponentSchema(
    "pad", main: "pad",
    [
      Field(
        "pad", .scalarOrList(amount, count: 2...8), .required,
        doc:
          "Values added before and after each dimension, the last dimension first, as in PyTorch: "
          + "[left, right, top, bottom, front, back] with front and back for channels. One number "
          + "means all sides but the channels'. Negative numbers remove values."),
      Field(
        "mode", .choice(["constant", "reflect", "replicate", "circular"]), default: "constant",
        doc:
          "What is added: value, the mirror image without the edge, the edge, or the values from the "
          + "other end."),
      Field("value", .number(.any), default: "0.0", doc: "What mode: constant adds."),
    ],
    aliases: ["zero_pad2d", "constant_pad2d", "reflection_pad2d", "replication_pad2d"],
    doc: "Adds values around images, sequences or vectors, along any dimension but the batch.")

  private let amounts: [Int]
  private let mode: String
  private let value: Double

  init(_ arguments: Arguments) throws {
    amounts = try arguments.integers("pad")
    mode = try arguments.string("mode")
    value = try arguments.number("value")
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let input = inputs[0]
    let pads =
      amounts.count == 1
      ? Array(repeating: amounts[0], count: 2 * max(1, input.rank - 1)) : amounts
    if pads.count % 2 != 0 {
      throw ShapeMismatch(
        "'pad' needs two numbers for each dimension, before and after it, not \(pads.count) in all",
        argument: "pad")
    }
    if pads.count / 2 > input.rank {
      throw ShapeMismatch(
        "'pad' has numbers for \(pads.count / 2) dimensions, but the input \(input) has "
          + "\(input.rank) besides the batch", argument: "pad")
    }
    var dims = input.dims
    for pair in 0..<(pads.count / 2) {
      let dim = dims.count - 1 - pair
      dims[dim] = try padded(dims[dim], pads[2 * pair], pads[2 * pair + 1], dim: dim + 1)
    }
    return LayerPlan(Shape(dims), .pad(pads, padding))
  }

  private var padding: Operation.Padding {
    switch mode {
    case "reflect": .reflect
    case "replicate": .replicate
    case "circular": .circular
    default: .constant(value)
    }
  }

  /// The padded size of a dimension.
  private func padded(
    _ size: Int, _ before: Int, _ after: Int, dim: Int
  ) throws(ShapeMismatch) -> Int {
    let largest = max(before, after)
    let limit = mode == "reflect" ? size - 1 : size
    if mode != "constant", min(before, after) < 0 {
      throw ShapeMismatch(
        "'pad' may be negative only with mode: constant", argument: "pad")
    }
    if mode == "reflect" || mode == "circular", largest > limit {
      throw ShapeMismatch(
        "'pad' is \(largest) in dimension \(dim), but mode: \(mode) can add at most \(limit) to "
          + "\(size) values", argument: "pad")
    }
    let result = size + before + after
    // LibTorch removes from each side separately.
    guard result > 0, size + min(before, 0) + min(after, 0) > 0 else {
      throw ShapeMismatch("'pad' would reduce dimension \(dim) to size 0 or less", argument: "pad")
    }
    return result
  }
}
