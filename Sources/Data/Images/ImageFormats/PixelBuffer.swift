import CImages

/// What a decoder in Swift made of a file, in the layouts that the decoders in C have.
struct PixelBuffer {
  let width: Int
  let height: Int
  /// `CI_GREY`, `CI_RGB` or `CI_RGB_ALPHA`.
  let layout: ci_layout
  /// Interleaved, eight bits a channel, rows from the top.
  var bytes: [UInt8]
  /// The largest value of a file of more than 8 bits a channel; `nil` for other files.
  var maximumOf16Bits: Int?

  static func channels(_ layout: ci_layout) -> Int {
    switch layout {
    case CI_GREY: 1
    case CI_GREY_ALPHA: 2
    case CI_RGB: 3
    default: 4
    }
  }

  /// Checks the number of pixels as the decoders in C do.
  static func checkSize(
    width: Int, height: Int, limits: DecodedImage.Limits
  ) throws(ImageFault) {
    guard width > 0, height > 0 else { throw ImageFault("has no pixels") }
    let pixels = width.multipliedReportingOverflow(by: height)
    guard !pixels.overflow, pixels.partialValue <= limits.pixels else {
      throw ImageFault(
        "has \(width) x \(height) pixels; the limit is \(limits.pixels) pixels")
    }
  }
}

/// Why bytes cannot be decoded, worded to follow the file's name.
struct ImageFault: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }

  static let cut = ImageFault("is truncated")
}
