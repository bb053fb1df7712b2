import ExperimentConfig
import Randomness

struct RandomCrop: Transform {
  static let schema = ComponentSchema(
    "random_crop", main: "size",
    [
      ArgumentFields.size("[height, width], or one number for both."),
      ArgumentFields.padding(.defaulted("0")), ArgumentFields.fill, ArgumentFields.paddingMode,
    ],
    doc: "Crops a random part in training and the centre in evaluation, after padding.")

  static let isRandom = true

  private let height: Int
  private let width: Int
  private let padding: [Int]
  private let fill: [Double]
  private let mode: PaddingMode

  init(_ arguments: Arguments) throws {
    (height, width) = try arguments.size()
    padding = try arguments.integers("padding")
    fill = try arguments.numbers("fill")
    mode = try arguments.paddingMode()
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    let pad = try PadStep(padding, fill: fill, mode: mode, for: input)
    let padded = pad.output(of: input)
    if height > padded.height || width > padded.width {
      let isPadded = padded != input
      throw TransformMismatch(
        "'size' of \(height)×\(width) is larger than the images of \(padded.sizeDescription)"
          + (isPadded ? " with their padding" : ""),
        hint: isPadded ? "raise padding" : "set padding", argument: "size")
    }
    let step = RandomCropStep(height: height, width: width, padding: pad)
    return (step.output(of: input), .randomCrop(step))
  }
}

/// Crops `height` times `width` pixels of the padded image.
package struct RandomCropStep: ImageStep {
  package var height: Int
  package var width: Int
  package var padding: PadStep

  static let isRandom = true

  var fingerprint: String { "random_crop \(height)×\(width) \(padding.fingerprint)" }

  func output(of input: ImageType) -> ImageType { input.resized(height, width) }

  func prepare(for input: ImageType) -> any PreparedStep {
    Prepared(
      step: self, rows: padding.rows(of: input), columns: padding.columns(of: input))
  }

  /// Where the crop begins in the padded image; all positions are equally likely.
  func draw(_ draws: Draws, padded: (height: Int, width: Int)) -> (top: Int, left: Int) {
    let stream = draws.stream
    return (
      stream.integer(below: padded.height - height + 1, at: 0),
      stream.integer(below: padded.width - width + 1, at: 1)
    )
  }

  /// Where the crop begins in the padded image: drawn in training, in the centre in evaluation.
  func origin(in padded: ImageType, _ draws: Draws?) -> (top: Int, left: Int) {
    draws.map { draw($0, padded: (padded.height, padded.width)) }
      ?? (
        CenterCropStep.offset(padded.height, height), CenterCropStep.offset(padded.width, width)
      )
  }

  private struct Prepared: PreparedStep {
    let step: RandomCropStep
    let rows: [Int32]
    let columns: [Int32]

    func apply(
      _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
    ) {
      let (top, left) = step.origin(in: input.type.resized(rows.count, columns.count), draws)
      rows.withUnsafeBufferPointer { rows in
        columns.withUnsafeBufferPointer { columns in
          Rearrangement.apply(
            input, output, rows: UnsafeBufferPointer(rebasing: rows[top..<top + step.height]),
            columns: UnsafeBufferPointer(rebasing: columns[left..<left + step.width]),
            fill: step.padding.fill)
        }
      }
    }
  }
}
