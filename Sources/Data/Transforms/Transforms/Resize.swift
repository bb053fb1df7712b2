import DataSchema
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

  private let size: ResizedSize
  private let interpolation: Interpolation
  private let antialias: Bool

  init(_ arguments: Arguments) throws {
    let size = try arguments.integers("size")
    self.size =
      size.count == 2 ? .exact(height: size[0], width: size[1]) : .shorterSide(size[0])
    interpolation = try arguments.interpolation()
    antialias = try arguments.boolean("antialias")
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    try input.allowsAntialias(antialias, interpolation)
    let (height, width) = size.of(height: input.height, width: input.width)
    let output = try input.resized(height, width).checked("size")
    return (
      output,
      .resize(
        ResizeStep(
          height: output.height, width: output.width, interpolation: interpolation,
          antialias: antialias))
    )
  }

  var rule: ResizingRule {
    switch size {
    case .exact(let height, let width):
      ResizingRule(size: .exact(height: height, width: width), filter: interpolation)
    case .shorterSide(let side):
      ResizingRule(size: .shorterSide(side), filter: interpolation)
    }
  }

  /// How much smaller images may be decoded before this; `nil` if it picks single pixels of them.
  var reduction: ImageReduction? {
    interpolation == .nearest ? nil : ImageReduction(to: size)
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
