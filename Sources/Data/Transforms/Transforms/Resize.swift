import ExperimentConfig

struct Resize: Transform {
  static let schema = ComponentSchema(
    "resize", main: "size",
    [
      ArgumentFields.size(
        "[height, width]; one number is the shorter side, and the longer keeps its proportion."),
      Field(
        "interpolation", .choice(["nearest", "bilinear", "bicubic"]), default: "bilinear",
        doc: "How values between pixels are computed."),
      Field(
        "antialias", .boolean, default: "true",
        doc: "Whether shrinking averages over all pixels; for bytes it always does, as in Pillow."),
    ],
    doc: "Resamples the image to another size.")

  private let size: [Int]
  private let interpolation: Interpolation
  private let antialias: Bool

  init(_ arguments: Arguments) throws {
    size = try arguments.integers("size")
    interpolation = try arguments.interpolation()
    antialias = try arguments.boolean("antialias")
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    if !antialias, !input.isFloat, interpolation != .nearest {
      throw TransformMismatch(
        "'antialias' cannot be false on bytes, which are resampled as Pillow does",
        hint: "put to_tensor before it", argument: "antialias")
    }
    let output = try size(of: input).checked("size")
    return (
      output,
      .resize(
        ResizeStep(
          height: output.height, width: output.width, interpolation: interpolation,
          antialias: antialias))
    )
  }

  /// One number is the length of the shorter side; the longer is scaled along and truncated.
  private func size(of input: ImageType) -> ImageType {
    if size.count == 2 { return input.resized(size[0], size[1]) }
    let short = min(input.height, input.width)
    let long = Int(Double(size[0] * max(input.height, input.width)) / Double(short))
    return input.width <= input.height
      ? input.resized(long, size[0]) : input.resized(size[0], long)
  }
}

/// Resamples to `height` times `width`: bytes like Pillow, floats like `torch.nn.functional.interpolate`.
package struct ResizeStep: ImageStep {
  package var height: Int
  package var width: Int
  package var interpolation: Interpolation
  package var antialias: Bool

  package init(height: Int, width: Int, interpolation: Interpolation, antialias: Bool) {
    self.height = height
    self.width = width
    self.interpolation = interpolation
    self.antialias = antialias
  }

  var fingerprint: String {
    "resize \(height)×\(width) \(interpolation.rawValue) antialias=\(antialias)"
  }

  func output(of input: ImageType) -> ImageType { input.resized(height, width) }

  func prepare(for input: ImageType) -> any PreparedStep {
    if input.height == height, input.width == width { return Unchanged() }
    if interpolation == .nearest {
      let table = input.isFloat ? NearestTable.floats : NearestTable.bytes
      return PreparedMap(
        rows: table(input.height, height), columns: table(input.width, width), fill: [])
    }
    if input.isFloat {
      let table =
        antialias ? ResampleTable<Float>.antialiased : ResampleTable<Float>.plain
      return FloatsResampled(
        input: input, columns: table(interpolation, input.width, width),
        rows: table(interpolation, input.height, height))
    }
    return BytesResampled(
      input: input, columns: .bytes(interpolation, input: input.width, output: width),
      rows: .bytes(interpolation, input: input.height, output: height))
  }

  private struct BytesResampled: PreparedStep {
    let input: ImageType
    let columns: ResampleTable<Int32>
    let rows: ResampleTable<Int32>

    /// Pillow resamples rows first if the image loses far more rows than columns. This is the rule of Pillow
    /// 13; earlier versions always begin with the columns, which changes some bytes by one.
    private var isVerticalFirst: Bool {
      let lost = input.height - rows.size
      return lost > 0 && lost > 2 * (input.width - columns.size)
    }

    /// The most columns that a vertical pass covers.
    private var widest: Int { max(input.width, columns.size) }

    /// The sums of a row, then the image between the two passes.
    var scratchSize: Int {
      4 * widest + (isVerticalFirst ? rows.size * input.width : input.height * columns.size)
    }

    func apply(
      _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
    ) {
      let sums = scratch.assumingMemoryBound(to: Int32.self)
      let between = (scratch + 4 * widest).assumingMemoryBound(to: UInt8.self)
      let (height, width) = (input.type.height, input.type.width)
      for channel in 0..<input.type.channels {
        let source = input.bytes + channel * input.type.planeCount
        let target = output.bytes + channel * output.type.planeCount
        if width == columns.size {
          ByteResampling.vertical(source, target, width: width, table: rows, sums: sums)
        } else if height == rows.size {
          ByteResampling.horizontal(source, target, rows: height, width: width, table: columns)
        } else if isVerticalFirst {
          ByteResampling.vertical(source, between, width: width, table: rows, sums: sums)
          ByteResampling.horizontal(
            between, target, rows: rows.size, width: width, table: columns)
        } else {
          ByteResampling.horizontal(source, between, rows: height, width: width, table: columns)
          ByteResampling.vertical(between, target, width: columns.size, table: rows, sums: sums)
        }
      }
    }
  }

  private struct FloatsResampled: PreparedStep {
    let input: ImageType
    let columns: ResampleTable<Float>
    let rows: ResampleTable<Float>

    var scratchSize: Int { 4 * input.height * columns.size }

    func apply(
      _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
    ) {
      let between = scratch.assumingMemoryBound(to: Float.self)
      let (height, width) = (input.type.height, input.type.width)
      for channel in 0..<input.type.channels {
        let source = input.floats + channel * input.type.planeCount
        let target = output.floats + channel * output.type.planeCount
        FloatResampling.horizontal(source, between, rows: height, width: width, table: columns)
        FloatResampling.vertical(between, target, width: columns.size, table: rows)
      }
    }
  }
}

/// Returns the image unchanged.
struct Unchanged: PreparedStep {
  func apply(
    _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
  ) {
    output.copy(from: input)
  }
}

/// Copies whole pixels by maps that all images share.
struct PreparedMap: PreparedStep {
  let rows: [Int32]
  let columns: [Int32]
  let fill: [Float]

  func apply(
    _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
  ) {
    rows.withUnsafeBufferPointer { rows in
      columns.withUnsafeBufferPointer { columns in
        Rearrangement.apply(input, output, rows: rows, columns: columns, fill: fill)
      }
    }
  }
}
