import Transforms

/// Pillow's resampling of bytes for pictures whose size is known only when the model runs.
///
/// The weights are computed in the graph in double precision, rounded to 22 fractional bits as Pillow does, and the
/// sums of each pass are rounded to bytes. All of these numbers are integers below 2⁵³, so that the result is
/// exactly Pillow's.
struct PictureResampling {
  typealias Value = ONNXBuilder.Value

  /// The sizes of one axis, doubles without axes.
  struct Axis {
    /// Pixels of the input.
    let input: Value
    /// Pixels of the whole output.
    let output: Value
    /// The first output pixel that is computed; may lie outside, where pixels are zero.
    let first: Value
    /// How many are computed.
    let count: Int
  }

  let builder: ONNXBuilder
  let filter: Interpolation

  private func number(_ value: Double) -> Value { builder.scalar(value) }

  /// Resamples bytes.
  ///
  /// - Parameter pixels: doubles [batch, channels, rows, columns].
  /// - Returns: doubles that are bytes.
  func callAsFunction(_ pixels: Value, rows: Axis, columns: Axis) throws -> Value {
    let rowWeights = try weights(rows)
    let columnWeights = try builder(
      "Transpose", weights(columns), attributes: ["perm": .ints([1, 0])])
    // Pillow takes the rows first if the picture loses far more of them than columns.
    let lost = try builder("Sub", rows.input, rows.output)
    let limit = try builder("Mul", builder("Sub", columns.input, columns.output), number(2))
    let isVerticalFirst = try builder(
      "And", builder("Greater", lost, number(0)), builder("Greater", lost, limit))
    func branch(_ body: (ONNXBuilder) throws -> Value) throws -> Onnx_GraphProto {
      let inner = ONNXBuilder(within: builder)
      let output = try body(inner)
      var graph = Onnx_GraphProto()
      graph.name = output.name
      graph.node = inner.nodes
      graph.output = [Value(name: output.name, type: type(of: pixels, rows, columns)).info]
      return graph
    }
    let vertical = try branch { builder in
      let sized = try Self.bytes(builder("MatMul", rowWeights, pixels), builder)
      return try Self.bytes(builder("MatMul", sized, columnWeights), builder)
    }
    let horizontal = try branch { builder in
      let sized = try Self.bytes(builder("MatMul", pixels, columnWeights), builder)
      return try Self.bytes(builder("MatMul", rowWeights, sized), builder)
    }
    return try builder(
      "If", isVerticalFirst,
      attributes: ["then_branch": .graph(vertical), "else_branch": .graph(horizontal)])
  }

  private func type(of pixels: Value, _ rows: Axis, _ columns: Axis) -> ONNXType {
    ONNXType(
      .double,
      [pixels.type.shape[0], pixels.type.shape[1], .fixed(rows.count), .fixed(columns.count)])
  }

  /// Sums in units of 2⁻²², rounded and clipped to bytes.
  static func bytes(_ sums: Value, _ builder: ONNXBuilder) throws -> Value {
    let unit = Double(1 << 22)
    let shifted = try builder("Add", sums, builder.scalar(unit / 2))
    let rounded = try builder("Floor", builder("Mul", shifted, builder.scalar(1 / unit)))
    return try builder("Clip", rounded, builder.scalar(0.0), builder.scalar(255.0))
  }

  /// The weights in units of 2⁻²², [output, input], by the arithmetic of Pillow's `precompute_coeffs`.
  private func weights(_ axis: Axis) throws -> Value {
    let index = try builder(
      "Add", builder.doubles((0..<axis.count).map(Double.init), [axis.count, 1]), axis.first)
    let scale = try builder("Div", axis.input, axis.output)
    let center = try builder("Mul", scale, builder("Add", index, number(0.5)))
    let filterScale = try builder("Max", scale, number(1))
    let support = try builder("Mul", filterScale, number(filter == .bicubic ? 2 : 1))
    let inverse = try builder("Div", number(1), filterScale)
    // Places below 0 are cut off, so that truncating is rounding down.
    let start = try builder(
      "Floor", builder("Add", builder("Sub", center, support), number(0.5)))
    let end = try builder(
      "Floor", builder("Add", builder("Add", center, support), number(0.5)))
    let places = try builder("Range", number(0), axis.input, number(1))
    let inside = try builder(
      "And", builder("GreaterOrEqual", places, start), builder("Less", places, end))
    let distance = try builder(
      "Abs",
      builder("Mul", builder("Add", builder("Sub", places, center), number(0.5)), inverse))
    let raw = try builder("Where", inside, value(at: distance), number(0))
    let sum = try builder.reduced("ReduceSum", raw, [1], keepsDims: true)
    let isEmpty = try builder("Equal", sum, number(0))
    let shares = try builder("Div", raw, builder("Where", isEmpty, number(1), sum))
    let units = try builder("Mul", builder("Abs", shares), number(Double(1 << 22)))
    let rounded = try builder(
      "Mul", builder("Sign", shares), builder("Floor", builder("Add", units, number(0.5))))
    let exists = try builder(
      "And", builder("GreaterOrEqual", index, number(0)), builder("Less", index, axis.output))
    return try builder("Where", exists, rounded, number(0))
  }

  /// The filter at a distance of at least 0.
  private func value(at x: Value) throws -> Value {
    if filter == .bilinear {
      return try builder("Max", builder("Sub", number(1), x), number(0))
    }
    // Keys' cubic convolution with a = -0.5.
    let square = try builder(
      "Mul", builder("Mul", builder("Sub", builder("Mul", x, number(1.5)), number(2.5)), x), x)
    let near = try builder("Add", square, number(1))
    let inner = try builder("Add", builder("Mul", builder("Sub", x, number(5)), x), number(8))
    let far = try builder(
      "Mul", builder("Sub", builder("Mul", inner, x), number(4)), number(-0.5))
    let isFar = try builder("Less", x, number(2))
    let outer = try builder("Where", isFar, far, number(0))
    return try builder("Where", builder("Less", x, number(1)), near, outer)
  }
}
