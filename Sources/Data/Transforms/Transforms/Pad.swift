import ExperimentConfig

struct Pad: Transform {
  static let schema = ComponentSchema(
    "pad", main: "padding",
    [ArgumentFields.padding(.required), ArgumentFields.fill, ArgumentFields.paddingMode],
    doc: "Adds pixels around the image.")

  private let padding: [Int]
  private let fill: [Double]
  private let mode: PaddingMode

  init(_ arguments: Arguments) throws {
    padding = try arguments.integers("padding")
    fill = try arguments.numbers("fill")
    mode = try arguments.paddingMode()
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    let step = try PadStep(padding, fill: fill, mode: mode, for: input)
    return (step.output(of: input), .pad(step))
  }
}

/// Adds pixels on the four sides.
package struct PadStep: ImageStep {
  package var left: Int
  package var top: Int
  package var right: Int
  package var bottom: Int
  /// One value for each channel.
  package var fill: [Float]
  package var mode: PaddingMode

  /// - Parameter padding: one number, [left and right, top and bottom] or [left, top, right, bottom].
  init(
    _ padding: [Int], fill: [Double], mode: PaddingMode, for input: ImageType
  ) throws(TransformMismatch) {
    switch padding.count {
    case 1: (left, top, right, bottom) = (padding[0], padding[0], padding[0], padding[0])
    case 2: (left, top, right, bottom) = (padding[0], padding[1], padding[0], padding[1])
    case 4: (left, top, right, bottom) = (padding[0], padding[1], padding[2], padding[3])
    default:
      throw TransformMismatch(
        "'padding' takes 1, 2 or 4 numbers, found \(padding.count)", argument: "padding")
    }
    self.fill = try input.fill(fill)
    self.mode = mode
    for (side, size, amount) in [
      ("width", input.width, max(left, right)), ("height", input.height, max(top, bottom)),
    ] where amount > mode.limit(size: size) {
      throw TransformMismatch(
        "'padding' of \(amount) is too large for \(mode.rawValue): the images have a \(side) of "
          + "\(size), which allows at most \(mode.limit(size: size))", argument: "padding")
    }
    _ = try output(of: input).checked("padding")
  }

  var fingerprint: String {
    "pad \(left),\(top),\(right),\(bottom) \(mode.rawValue) fill=\(fill)"
  }

  func output(of input: ImageType) -> ImageType {
    input.resized(input.height + top + bottom, input.width + left + right)
  }

  /// The row of the input for each row of the output, -1 for the fill.
  func rows(of input: ImageType) -> [Int32] {
    mode.map(size: input.height, before: top, after: bottom)
  }

  /// The column of the input for each column of the output, -1 for the fill.
  func columns(of input: ImageType) -> [Int32] {
    mode.map(size: input.width, before: left, after: right)
  }

  func prepare(for input: ImageType) -> any PreparedStep {
    PreparedMap(rows: rows(of: input), columns: columns(of: input), fill: fill)
  }
}
