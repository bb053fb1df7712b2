import DataSchema

/// Where pictures lie in the model's input, as far as that is known before the model runs: they are resized first,
/// if their size is unknown, and what comes then has a known size.
struct PictureFrame {
  typealias Value = ONNXBuilder.Value

  /// The sizes of both axes.
  struct Resizing {
    let rows: PictureResampling.Axis
    let columns: PictureResampling.Axis
  }

  /// `nil` if the size of the pictures is known.
  let resizing: Resizing?
  /// Where the pictures lie, or what resizing gives.
  let placement: ImagePlacement

  /// Boxes in the model's input as boxes in the pictures, cut off at their borders.
  ///
  /// - Parameter boxes: floats [boxes, 4]: left, upper, right and lower edge.
  func original(_ boxes: Value, _ builder: ONNXBuilder) throws -> Value {
    let double = ["to": ONNXAttribute.int(ONNXType.Element.double.rawValue)]
    var edges = try builder("Cast", boxes, attributes: double)
    edges = try moved(
      edges, builder, scale: pair(placement.scaleX, placement.scaleY, builder),
      offset: pair(placement.offsetX, placement.offsetY, builder))
    var size = pair(Double(placement.width), Double(placement.height), builder)
    if let resizing {
      let (rows, columns) = (resizing.rows, resizing.columns)
      edges = try moved(
        edges, builder,
        scale: joined(
          builder("Div", columns.output, columns.input), builder("Div", rows.output, rows.input),
          builder),
        offset: joined(builder("Neg", columns.first), builder("Neg", rows.first), builder))
      size = try joined(columns.input, rows.input, builder)
    }
    edges = try builder("Min", builder("Max", edges, builder.scalar(0.0)), size)
    if placement.scaleX < 0 || placement.scaleY < 0 {
      // Mirrored pictures have their edges exchanged.
      func corner(_ first: Int) throws -> Value {
        try builder(
          "Slice", edges, builder.integers([first]), builder.integers([first + 2]),
          builder.integers([1]))
      }
      let (a, b) = (try corner(0), try corner(2))
      edges = try builder(
        "Concat", builder("Min", a, b), builder("Max", a, b), attributes: ["axis": .int(1)])
    }
    return try builder(
      "Cast", edges, attributes: ["to": .int(ONNXType.Element.float.rawValue)])
  }

  private func moved(
    _ edges: Value, _ builder: ONNXBuilder, scale: Value, offset: Value
  ) throws -> Value {
    try builder("Div", builder("Sub", edges, offset), scale)
  }

  /// Values for the x and the y of both corners.
  private func pair(_ x: Double, _ y: Double, _ builder: ONNXBuilder) -> Value {
    builder.doubles([x, y, x, y], [4])
  }

  private func joined(_ x: Value, _ y: Value, _ builder: ONNXBuilder) throws -> Value {
    let parts = try [x, y].map { try builder("Reshape", $0, builder.integers([1])) }
    return try builder.add("Concat", parts + parts, ["axis": .int(0)])[0]
  }
}
