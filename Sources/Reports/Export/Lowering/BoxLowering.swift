import Tasks

/// Writes how boxes are found in the outputs of a detector as nodes of ONNX, with the arithmetic of `runner predict`:
/// scores and boxes of all points, the best candidates of each level, non-maximum suppression by class, and the best
/// boxes of each image.
struct BoxLowering {
  typealias Value = ONNXBuilder.Value

  let builder: ONNXBuilder
  let decoding: BoxDecoding
  /// The height of the model's input in pixels.
  let height: Int
  let width: Int
  /// Where pictures lie in the model's input; `nil` if boxes are in pixels of the input.
  let frame: PictureFrame?

  /// Some candidates of each image, as many for one as for another.
  private struct Candidates {
    /// Floats [batch, count].
    let scores: Value
    /// Integers [batch, count].
    let labels: Value
    /// Floats [batch, count, 4]: left, upper, right and lower edge.
    let boxes: Value
    let count: Int
  }

  /// The boxes of all images of a batch, image by image and the best first.
  struct Found {
    /// Floats [boxes, 4]: left, upper, right and lower edge.
    let boxes: Value
    /// Class numbers, [boxes].
    let labels: Value
    /// [boxes].
    let scores: Value
    /// The image of each box, [boxes].
    let batch: Value
  }

  /// - Parameter outputs: floats [batch, points, classes + 5].
  func callAsFunction(_ outputs: Value) throws -> Found {
    let found = try candidates(outputs)
    return try best(of: found, kept: suppressed(found, classes: outputs.dims[1] - 5))
  }

  // MARK: Candidates

  /// A level of the pyramid.
  private struct Level {
    let rows: Int
    let columns: Int
    let stride: Int
    var points: Int { rows * columns }
  }

  private var levels: [Level] {
    [8, 16, 32, 64, 128].map { stride in
      Level(
        rows: (height + stride - 1) / stride, columns: (width + stride - 1) / stride, stride: stride
      )
    }
  }

  /// The scores of all classes, [batch, points, classes], and the boxes, [batch, points, 4].
  private func decoded(_ outputs: Value) throws -> (scores: Value, boxes: Value) {
    let levels = self.levels
    let points = levels.reduce(0) { $0 + $1.points }
    let classes = outputs.dims[1] - 5
    guard outputs.dims[0] == points, classes > 0 else {
      throw ONNXFault("a detector with \(points) points gives \(outputs.type)")
    }
    let scores = try builder(
      "Sqrt",
      builder(
        "Mul", builder("Sigmoid", slice(outputs, 0, classes)),
        builder("Sigmoid", slice(outputs, classes + 4, classes + 5))))
    var (centers, strides): ([Float], [Float]) = ([], [])
    for level in levels {
      // The distances that torchvision's AnchorGenerator takes.
      let (down, right) = (height / level.rows, width / level.columns)
      for row in 0..<level.rows {
        for column in 0..<level.columns {
          centers += [Float(column * right), Float(row * down)]
          strides.append(Float(level.stride))
        }
      }
    }
    let center = builder.floats(centers, [points, 2], "points")
    let distances = try builder(
      "Mul", slice(outputs, classes, classes + 4), builder.floats(strides, [points, 1], "strides"))
    let boxes = try builder(
      "Concat", builder("Sub", center, slice(distances, 0, 2)),
      builder("Add", center, slice(distances, 2, 4)), attributes: ["axis": .int(2)])
    let edges = [Float(width), Float(height), Float(width), Float(height)]
    return (
      scores,
      try builder(
        "Min", builder("Max", boxes, builder.scalar(Float(0))), builder.floats(edges, [4]))
    )
  }

  private func slice(_ value: Value, _ start: Int, _ end: Int, axis: Int = 2) throws -> Value {
    try builder(
      "Slice", value, builder.integers([start]), builder.integers([end]), builder.integers([axis]))
  }

  /// The best candidates of each level.
  private func candidates(_ outputs: Value) throws -> Candidates {
    let classes = outputs.dims[1] - 5
    let (all, boxes) = try decoded(outputs)
    var (scores, labels, rows): ([Value], [Value], [Value]) = ([], [], [])
    var (start, total) = (0, 0)
    for level in levels {
      let count = min(level.points * classes, decoding.candidates)
      let flat = try builder(
        "Reshape", slice(all, start, start + level.points, axis: 1),
        builder.integers([0, level.points * classes]))
      let best = try builder.add(
        "TopK", [flat, builder.integers([count])], ["axis": .int(1)], outputs: 2)
      let number = builder.integers([classes])
      scores.append(best[0])
      labels.append(try builder("Mod", best[1], number))
      rows.append(
        try builder("Add", builder("Div", best[1], number), builder.integers([start])))
      start += level.points
      total += count
    }
    func joined(_ parts: [Value]) throws -> Value {
      try builder.add("Concat", parts, ["axis": .int(1)])[0]
    }
    let places = try builder("Reshape", joined(rows), builder.integers([0, total, 1]))
    return Candidates(
      scores: try joined(scores), labels: try joined(labels),
      boxes: try builder("GatherND", boxes, places, attributes: ["batch_dims": .int(1)]),
      count: total)
  }

  // MARK: Suppression

  private var threshold: Value { builder.scalar(Float(decoding.scoreThreshold)) }

  /// The scores of the boxes that remain, [batch, count]; -1 for the others.
  private func suppressed(_ all: Candidates, classes: Int) throws -> Value {
    let perClass = try builder(
      "Where",
      builder(
        "Equal", builder("Reshape", all.labels, builder.integers([0, 1, all.count])),
        builder.integers(Array(0..<classes), [classes, 1], "classes")),
      builder("Reshape", all.scores, builder.integers([0, 1, all.count])),
      builder.scalar(Float(-1)))
    // A float is larger than a number if it is larger than the largest float up to that number.
    let overlap = Float(decoding.nmsThreshold)
    let limit = Double(overlap) > decoding.nmsThreshold ? overlap.nextDown : overlap
    let selected = try builder(
      "NonMaxSuppression", moved(all), perClass, builder.integers([decoding.most]),
      builder.floats([limit], [1]), builder.floats([Float(decoding.scoreThreshold)], [1]))
    // Image and candidate, without the class.
    let places = try builder(
      "Gather", selected, builder.integers([0, 2]), attributes: ["axis": .int(1)])
    let none = builder.scalar(Float(-1))
    return try builder(
      "ScatterND", builder("Clip", all.scores, none, none), places,
      builder("GatherND", all.scores, places))
  }

  /// The boxes as they are compared. As in torchvision's `batched_nms`, the boxes of an image that has few are moved
  /// to a place of their own for each class, which rounds their edges.
  private func moved(_ all: Candidates) throws -> Value {
    let passes = try builder("Greater", all.scores, threshold)
    let count = try builder.reduced(
      "ReduceSum",
      builder("Cast", passes, attributes: ["to": .int(ONNXType.Element.float.rawValue)]), [1],
      keepsDims: true)
    let areFew = try builder(
      "Reshape", builder("LessOrEqual", count, builder.scalar(Float(1000))),
      builder.integers([0, 1, 1]))
    let each = builder.integers([0, all.count, 1])
    let inside = try builder(
      "Where", builder("Reshape", passes, each), all.boxes, builder.scalar(Float(0)))
    let farthest = try builder.reduced("ReduceMax", inside, [1, 2], keepsDims: true)
    let label = try builder(
      "Reshape",
      builder("Cast", all.labels, attributes: ["to": .int(ONNXType.Element.float.rawValue)]), each)
    let shift = try builder(
      "Mul", label, builder("Add", farthest, builder.scalar(Float(1))))
    return try builder(
      "Add", all.boxes, builder("Where", areFew, shift, builder.scalar(Float(0))))
  }

  // MARK: The best boxes

  private func best(of all: Candidates, kept: Value) throws -> Found {
    let count = min(decoding.most, all.count)
    let best = try builder.add(
      "TopK", [kept, builder.integers([count])], ["axis": .int(1)], outputs: 2)
    let passing = try builder(
      "NonZero", builder("Greater", best[0], threshold))
    let ranks = try builder("Transpose", passing, attributes: ["perm": .ints([1, 0])])
    let batch = try builder(
      "Gather", passing, builder.integers([0], []), attributes: ["axis": .int(0)])
    let column = builder.integers([0, 1])
    let places = try builder(
      "Concat", builder("Reshape", batch, column),
      builder("Reshape", builder("GatherND", best[1], ranks), column), attributes: ["axis": .int(1)]
    )
    let boxes = try builder("GatherND", all.boxes, places)
    return Found(
      boxes: try frame?.original(boxes, builder) ?? boxes,
      labels: try builder("GatherND", all.labels, places),
      scores: try builder("GatherND", best[0], ranks), batch: batch)
  }
}
