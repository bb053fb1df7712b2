import DataSchema
import Transforms

/// Writes what a run does to pictures as nodes of ONNX.
///
/// Bytes are kept as whole numbers in floats, which hold them exactly.
struct PictureLowering {
  typealias Value = ONNXBuilder.Value

  let builder: ONNXBuilder
  let sizes: PictureSizes
  /// The steps, with statistics filled in.
  let pipeline: TransformPipeline

  /// The model's input for pictures, and where they lie in it.
  ///
  /// - Parameter pictures: of ``PictureSizes/inputType``.
  func callAsFunction(_ pictures: Value) throws -> (input: Value, frame: PictureFrame) {
    let planar = try builder("Transpose", pictures, attributes: ["perm": .ints([0, 3, 1, 2])])
    var value = try cast(planar, .float)
    var type = pipeline.input
    var skipped = 0
    var resizing: PictureFrame.Resizing?
    if case .any(let rule, let place, let crop, _) = sizes {
      for step in pipeline.steps[..<place] {
        if case .grayscale(let channels) = step.evaluation(of: type) {
          value = try grayscale(value, channels, isFloat: false)
        }
        type = step.output(of: type)
      }
      skipped = (crop ?? place) + 1
      for step in pipeline.steps[place..<skipped] { type = step.output(of: type) }
      let sizes = try self.resizing(of: pictures, rule, to: type)
      value = try resampled(value, sizes, rule.filter)
      resizing = sizes
    }
    for step in pipeline.steps[skipped...] {
      value = try lowered(step.evaluation(of: type), value, type)
      type = step.output(of: type)
      guard value.type.sizes ?? value.dims == value.dims,
        value.dims == [type.channels, type.height, type.width]
      else { throw ONNXFault("a transform gives \(value.type), expected \(type)") }
    }
    let rest = pipeline.dropFirst(skipped)
    let placement = try rest.forBoxes.placement(height: rest.input.height, width: rest.input.width)
    return (value, PictureFrame(resizing: resizing, placement: placement))
  }

  private func cast(_ value: Value, _ element: ONNXType.Element) throws -> Value {
    try builder("Cast", value, attributes: ["to": .int(element.rawValue)])
  }

  // MARK: Pictures of any size

  /// The sizes of the pictures before and after resizing.
  ///
  /// - Parameter output: the pictures after resizing and the crop that fixes their size.
  private func resizing(
    of pictures: Value, _ rule: ResizingRule, to output: ImageType
  ) throws -> PictureFrame.Resizing {
    func number(_ value: Int) -> Value { builder.scalar(Double(value)) }
    func size(_ axis: Int) throws -> Value {
      let shape = try builder(
        "Shape", pictures, attributes: ["start": .int(axis), "end": .int(axis + 1)])
      return try cast(
        builder("Reshape", shape, builder.integers([], [0])), .double)
    }
    let (height, width) = (try size(1), try size(2))
    /// `side` times `long` / `short`, truncated.
    func scaled(_ side: Int, _ long: Value, _ short: Value) throws -> Value {
      try builder("Floor", builder("Div", builder("Mul", number(side), long), short))
    }
    var rows = number(output.height)
    var columns = number(output.width)
    switch rule.size {
    case .exact: break
    case .shorterSide(let side):
      let isTall = try builder("LessOrEqual", width, height)
      rows = try builder("Where", isTall, scaled(side, height, width), number(side))
      columns = try builder("Where", isTall, number(side), scaled(side, width, height))
    case .cover(let first, let second):
      let isWide = try builder(
        "Less", builder("Mul", height, number(second)), builder("Mul", width, number(first)))
      columns = try builder("Where", isWide, scaled(first, width, height), number(second))
      rows = try builder("Where", isWide, number(first), scaled(second, height, width))
    }
    return PictureFrame.Resizing(
      rows: PictureResampling.Axis(
        input: height, output: rows, first: try offset(rows, number(output.height)),
        count: output.height),
      columns: PictureResampling.Axis(
        input: width, output: columns, first: try offset(columns, number(output.width)),
        count: output.width))
  }

  private func resampled(
    _ value: Value, _ sizes: PictureFrame.Resizing, _ filter: Interpolation
  ) throws -> Value {
    let resampling = PictureResampling(builder: builder, filter: filter)
    return try cast(
      resampling(cast(value, .double), rows: sizes.rows, columns: sizes.columns), .float)
  }

  /// Where a central crop begins: halves are rounded to even numbers; negative if it is larger than the picture.
  private func offset(_ size: Value, _ crop: Value) throws -> Value {
    let half = try builder(
      "Mul", builder("Sub", size, crop), builder.scalar(0.5))
    let outside = try builder("Ceil", half)
    return try builder(
      "Where", builder("Greater", crop, size), outside, builder("Round", half))
  }

  // MARK: Steps of known sizes

  private func lowered(_ step: EvaluationStep, _ value: Value, _ type: ImageType) throws -> Value {
    switch step {
    case .unchanged: return value
    case .unfitted: throw ONNXFault("the statistics of a normalisation are not known")
    case .divideBy255: return try builder("Div", value, builder.scalar(Float(255)))
    case .multiplyBy255th: return try builder("Mul", value, builder.scalar(Float(1.0 / 255)))
    case .toBytes:
      let scaled = try builder("Mul", value, builder.scalar(Float(255.999)))
      return try builder(
        "Floor",
        builder("Clip", scaled, builder.scalar(Float(0)), builder.scalar(Float(255))))
    case .normalize(let mean, let std):
      let centred = try builder("Sub", value, builder.floats(mean, [mean.count, 1, 1]))
      return try builder("Div", centred, builder.floats(std, [std.count, 1, 1]))
    case .grayscale(let channels):
      return try grayscale(value, channels, isFloat: type.isFloat)
    case .pick(let rows, let columns, let fill):
      return try pick(value, type, rows, columns, fill)
    case .resample(let resampling): return try resample(value, type, resampling)
    }
  }

  private func grayscale(_ value: Value, _ channels: Int, isFloat: Bool) throws -> Value {
    var grey = value
    if value.dims[0] == 3 {
      let shares: [Float] = isFloat ? [0.2989, 0.587, 0.114] : [19595, 38470, 7471]
      let products = try builder("Mul", value, builder.floats(shares, [3, 1, 1]))
      grey = try builder.reduced("ReduceSum", products, [1], keepsDims: true)
      if !isFloat {
        // Sums of bytes are below 2²⁴ and so exact in floats.
        let shifted = try builder("Add", grey, builder.scalar(Float(0x8000)))
        grey = try builder("Floor", builder("Mul", shifted, builder.scalar(Float(1.0 / 65536))))
      }
    }
    if channels == 1 { return grey }
    return try builder.add(
      "Concat", Array(repeating: grey, count: channels), ["axis": .int(1)])[0]
  }

  /// Copies rows and columns; the fill lies behind the last of each.
  private func pick(
    _ value: Value, _ type: ImageType, _ rows: [Int], _ columns: [Int], _ fill: [Float]
  ) throws -> Value {
    var value = value
    let needsFill = rows.contains(-1) || columns.contains(-1)
    let fills = fill.isEmpty ? [0] : fill
    let isUniform = Set(fills).count == 1
    let shift = builder.floats(fills, [fills.count, 1, 1])
    if needsFill {
      if !isUniform { value = try builder("Sub", value, shift) }
      value = try builder(
        "Pad", value, builder.integers([0, 0, 0, 0, 0, 0, 1, 1]),
        builder.scalar(isUniform ? fills[0] : 0), attributes: ["mode": .string("constant")])
    }
    for (axis, places, size) in [(2, rows, type.height), (3, columns, type.width)] {
      let last = needsFill ? size : -1
      let places = places.map { $0 < 0 ? last : $0 }
      if places == Array(0..<(size + (needsFill ? 1 : 0))) { continue }
      value = try builder(
        "Gather", value, builder.integers(places), attributes: ["axis": .int(axis)])
    }
    return needsFill && !isUniform ? try builder("Add", value, shift) : value
  }

  private func resample(
    _ value: Value, _ type: ImageType, _ resampling: EvaluationStep.Resampling
  ) throws -> Value {
    let (rows, columns) = (resampling.rows, resampling.columns)
    if resampling.filter == .nearest {
      let places = [(2, rows), (3, columns)]
      return try places.reduce(value) { value, item in
        try builder(
          "Gather", value, builder.integers(item.1.nearest(isFloat: type.isFloat)),
          attributes: ["axis": .int(item.0)])
      }
    }
    if type.isFloat {
      let antialias = resampling.antialias
      let across = try turned(
        builder.floats(columns.floatWeights(antialias: antialias), [columns.count, columns.input]))
      return try builder(
        "MatMul",
        builder.floats(rows.floatWeights(antialias: antialias), [rows.count, rows.input]),
        builder("MatMul", value, across))
    }
    func weights(_ axis: EvaluationStep.Axis) -> Value {
      builder.doubles(axis.byteWeights().map(Double.init), [axis.count, axis.input], "resampling")
    }
    var pixels = try cast(value, .double)
    for isVertical in [resampling.isVerticalFirst, !resampling.isVerticalFirst] {
      if (isVertical ? rows : columns).isIdentity { continue }
      let sums =
        isVertical
        ? try builder("MatMul", weights(rows), pixels)
        : try builder("MatMul", pixels, turned(weights(columns)))
      pixels = try PictureResampling.bytes(sums, builder)
    }
    return try cast(pixels, .float)
  }

  private func turned(_ matrix: Value) throws -> Value {
    try builder("Transpose", matrix, attributes: ["perm": .ints([1, 0])])
  }
}
