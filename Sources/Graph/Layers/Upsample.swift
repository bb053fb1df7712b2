import ExperimentConfig

struct Upsample: Layer {
  static let schema = ComponentSchema(
    "upsample",
    [
      Field(
        "size", Sliding.pair, .optional,
        doc: "Height and width of the output, one number or two; length for sequences."),
      Field(
        "scale_factor", .scalarOrList(.number(.between(1e-6, 1e6)), count: 2...2), .optional,
        doc: "Factor on height and width instead of size, one number or two."),
      Field(
        "mode", .choice(Operation.Upsample.Mode.allCases.map(\.rawValue)), default: "nearest",
        doc: "The nearest value, or linear interpolation: linear of sequences, bilinear of images."),
      Field(
        "align_corners", .boolean, .optional,
        doc: "Whether the corner values stay in place; false if left out, only for interpolation."),
    ],
    aliases: ["interpolate", "upsampling_nearest2d", "upsampling_bilinear2d", "resize_to"],
    doc: "Enlarges (or reduces) images or sequences to a size, by a factor, or to the size of a "
      + "second node: from: [features, input].")
  static let inputCount = 1...2

  private let size: [Int]?
  private let scale: [Double]?
  private let mode: Operation.Upsample.Mode
  private let alignCorners: Bool?

  init(_ arguments: Arguments) throws {
    size = arguments.has("size") ? try arguments.integers("size") : nil
    scale = arguments.has("scale_factor") ? try arguments.numbers("scale_factor") : nil
    mode = Operation.Upsample.Mode(rawValue: try arguments.string("mode")) ?? .nearest
    alignCorners = arguments.has("align_corners") ? try arguments.boolean("align_corners") : nil
  }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    let input = inputs[0]
    let spatial = Array(input.dims.dropFirst())
    try checkArguments(spatial.count, input, like: inputs.dropFirst().first)
    var output =
      inputs.count > 1
      ? Array(inputs[1].dims.dropFirst()) : size.map { spread($0, spatial.count) } ?? []
    let factors = scale.map { spread($0, spatial.count) }
    for (dim, factor) in zip(spatial, factors ?? []) {
      let product = Double(dim) * factor
      output.append(product < 0x1p40 ? Int(product) : .max)
    }
    if output.contains(0) {
      throw ShapeMismatch(
        "'scale_factor' would reduce \(input) to size 0", argument: "scale_factor")
    }
    let shape = Shape([input.dims[0]] + output)
    let perValue =
      switch mode {
      case .nearest: 0
      // Two products and a sum along each line: one line, or two and one between them.
      case .linear: 3
      case .bilinear: 9
      }
    return LayerPlan(
      shape,
      .upsample(
        Operation.Upsample(
          mode: mode, size: output, scale: factors, alignCorners: alignCorners ?? false)),
      flops: Saturating.multiply(shape.count, perValue), readInputs: 1)
  }

  /// - Parameter model: the shape of the second input; `nil` if there is none.
  private func checkArguments(
    _ dimensions: Int, _ input: Shape, like model: Shape?
  ) throws(ShapeMismatch) {
    if let model {
      if size != nil || scale != nil {
        let argument = size == nil ? "scale_factor" : "size"
        throw ShapeMismatch(
          "takes the size of its second input, so it needs no \(argument)", argument: argument)
      }
      if model.rank != input.rank {
        throw ShapeMismatch("cannot bring \(input) to the size of \(model)")
      }
    } else if (size == nil) == (scale == nil) {
      throw ShapeMismatch(
        size == nil
          ? "needs size, scale_factor or a second input whose size it takes"
          : "takes size or scale_factor, not both",
        hint: size == nil ? "from: [features, input] for the size of the model's input" : nil,
        argument: size == nil ? nil : "scale_factor")
    }
    if mode == .nearest, alignCorners != nil {
      throw ShapeMismatch(
        "'align_corners' needs a mode that interpolates", hint: "mode: linear or bilinear",
        argument: "align_corners")
    }
    let expected: ClosedRange<Int> =
      switch mode {
      case .nearest: 1...2
      case .linear: 1...1
      case .bilinear: 2...2
      }
    guard expected.contains(dimensions) else {
      let hint =
        switch (mode, dimensions) {
        case (.linear, 2): "did you mean mode: bilinear?"
        case (.bilinear, 1): "did you mean mode: linear?"
        default: nil as String?
        }
      let wanted =
        switch mode {
        case .nearest: "images or sequences [N, channels, length]"
        case .linear: "sequences [N, channels, length]"
        case .bilinear: "images [N, channels, height, width]"
        }
      throw ShapeMismatch(
        "needs \(wanted) with mode: \(mode.rawValue), but its input is \(input)", hint: hint)
    }
    if dimensions == 1, (size?.count ?? scale?.count ?? 1) > 1 {
      let argument = size == nil ? "scale_factor" : "size"
      throw ShapeMismatch(
        "'\(argument)' has two numbers, but \(input) has only a length", argument: argument)
    }
  }

  /// One value for every dimension, or one for each.
  private func spread<Value>(_ values: [Value], _ count: Int) -> [Value] {
    values.count == 1 ? Array(repeating: values[0], count: count) : values
  }
}
