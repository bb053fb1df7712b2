/// A step with validated arguments.
protocol ImageStep: Sendable, Equatable {
  static var isRandom: Bool { get }

  /// All parameters as stable text, for fingerprints.
  var fingerprint: String { get }

  func output(of input: ImageType) -> ImageType

  /// The step prepared for images of type `input`, with tables that all images share.
  func prepare(for input: ImageType) -> any PreparedStep
}

extension ImageStep {
  static var isRandom: Bool { false }
  func output(of input: ImageType) -> ImageType { input }
}

/// A step for images of one type, with everything precomputed that does not depend on the image.
protocol PreparedStep: Sendable {
  /// Scratch memory that `apply` needs, in bytes.
  var scratchSize: Int { get }

  /// Applies the step; writes every value of `output`.
  ///
  /// - Parameter draws: the source of random numbers; `nil` for evaluation.
  func apply(_ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?)
}

extension PreparedStep {
  var scratchSize: Int { 0 }
}

/// One image in memory that the caller owns, [channels, height, width].
struct Pixels {
  let type: ImageType
  let base: UnsafeMutableRawPointer

  var bytes: UnsafeMutablePointer<UInt8> { base.assumingMemoryBound(to: UInt8.self) }
  var floats: UnsafeMutablePointer<Float> { base.assumingMemoryBound(to: Float.self) }

  /// Copies all values of an image of the same type.
  func copy(from other: Pixels) {
    base.copyMemory(from: other.base, byteCount: type.byteCount)
  }
}

@available(*, unavailable)
extension Pixels: Sendable {}
