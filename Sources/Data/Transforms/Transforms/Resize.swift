import ExperimentConfig

struct Resize: Transform {
  static let schema = ComponentSchema(
    "resize", main: "size",
    [
      ArgumentFields.size(
        "[height, width]; one number is the shorter side, and the longer side keeps the aspect "
          + "ratio."
      ),
      ArgumentFields.resampling, ArgumentFields.antialias,
    ],
    doc: "Resamples the image to a new size.")

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
    try input.allowsAntialias(antialias, interpolation)
    let output = try size(of: input).checked("size")
    return (
      output,
      .resize(
        ResizeStep(
          height: output.height, width: output.width, interpolation: interpolation,
          antialias: antialias))
    )
  }

  var rule: ResizingRule {
    ResizingRule(
      size: size.count == 2
        ? .exact(height: size[0], width: size[1]) : .shorterSide(size[0]), filter: interpolation)
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
    let columns = ResampleAxis(interpolation, input: input.width, output: width)
    let rows = ResampleAxis(interpolation, input: input.height, output: height)
    if interpolation == .nearest {
      let table = input.isFloat ? NearestTable.floats : NearestTable.bytes
      return PreparedMap(rows: table(rows), columns: table(columns), fill: [])
    }
    if input.isFloat {
      return FloatsResampled(
        height: input.height, columns: .floats(columns, antialias: antialias),
        rows: .floats(rows, antialias: antialias))
    }
    return BytesResampled(
      input: input, columns: .bytes(columns), rows: .bytes(rows),
      isVerticalFirst: ByteResampling.isVerticalFirst(columns: columns, rows: rows))
  }

  private struct BytesResampled: PreparedStep {
    let input: ImageType
    let columns: ResampleTable<Int32>
    let rows: ResampleTable<Int32>
    let isVerticalFirst: Bool

    var scratchSize: Int {
      ByteResampling.scratchSize(
        height: input.height, width: input.width, outputHeight: rows.size,
        outputWidth: columns.size)
    }

    func apply(
      _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
    ) {
      let (height, width) = (input.type.height, input.type.width)
      columns.withWeights { columns in
        rows.withWeights { rows in
          for channel in 0..<input.type.channels {
            ByteResampling.apply(
              input.bytes + channel * input.type.planeCount, step: width,
              output.bytes + channel * output.type.planeCount, height: rows.size,
              width: columns.size, columns: width == columns.size ? nil : columns,
              rows: height == rows.size ? nil : rows, isVerticalFirst: isVerticalFirst,
              scratch: scratch)
          }
        }
      }
    }
  }

  private struct FloatsResampled: PreparedStep {
    let height: Int
    let columns: ResampleTable<Float>
    let rows: ResampleTable<Float>

    var scratchSize: Int {
      FloatResampling.scratchSize(height: height, outputWidth: columns.size)
    }

    func apply(
      _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
    ) {
      columns.withWeights { columns in
        rows.withWeights { rows in
          for channel in 0..<input.type.channels {
            FloatResampling.apply(
              input.floats + channel * input.type.planeCount, step: input.type.width,
              output.floats + channel * output.type.planeCount, columns: columns, rows: rows,
              scratch: scratch)
          }
        }
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
    apply(input, output)
  }

  /// Copies the pixels of `input` that the maps name.
  func apply(_ input: Pixels, _ output: Pixels) {
    rows.withUnsafeBufferPointer { rows in
      columns.withUnsafeBufferPointer { columns in
        Rearrangement.apply(input, output, rows: rows, columns: columns, fill: fill)
      }
    }
  }
}
