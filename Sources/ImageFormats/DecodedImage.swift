import CImages
import Files

/// A picture from a PNG or JPEG file, as Pillow's `Image.open(path).convert("L")` or `("RGB")` would
/// give it: alpha is dropped, palettes are expanded, colour profiles and EXIF orientation ignored.
///
/// The one difference: of 16-bit grey the high byte is taken, as for every other 16-bit picture;
/// Pillow cuts everything above 255 to white.
package struct DecodedImage: Sendable, Equatable {
  /// 1 (grey) or 3 (red, green, blue).
  package let channels: Int
  package let height: Int
  package let width: Int
  /// Rows from the top, pixels from the left, the channels of a pixel side by side.
  package let bytes: [UInt8]

  /// - Precondition: there are `channels × height × width` bytes.
  package init(channels: Int, height: Int, width: Int, bytes: [UInt8]) {
    precondition(channels == 1 || channels == 3)
    precondition(bytes.count == channels * height * width)
    self.channels = channels
    self.height = height
    self.width = width
    self.bytes = bytes
  }

  /// What files may ask for.
  package struct Limits: Sendable {
    /// Pixels.
    package var side = 16_384
    package var pixels = 100_000_000
    package var fileBytes = 1_000_000_000

    package init() {}
  }

  /// Reads a file; its format is told by its content.
  ///
  /// - Throws: ``FileError`` where there is no such file, or it is neither PNG nor JPEG, damaged, cut
  ///   off or above a limit.
  package init(reading path: String, limits: Limits = Limits()) throws(FileError) {
    let bytes = try FileReading.bytes(of: path, limit: limits.fileBytes)
    try self.init(decoding: bytes, path: path, limits: limits)
  }

  /// Decodes the bytes of a file; `path` is for the message.
  package init(
    decoding file: [UInt8], path: String, limits: Limits = Limits()
  ) throws(FileError) {
    if file.isEmpty { throw FileError(path: path, reason: "is empty") }
    var image = ci_image()
    var message = [CChar](repeating: 0, count: Int(CI_MESSAGE_SIZE))
    let bounds = ci_limits(
      max_side: UInt32(clamping: limits.side), max_pixels: UInt64(clamping: limits.pixels))
    let status =
      switch ImageFormat(beginning: file) {
      case .png: ci_decode_png(file, file.count, bounds, &image, &message)
      case .jpeg: ci_decode_jpeg(file, file.count, bounds, &image, &message)
      case .other(let name):
        throw FileError(path: path, reason: "is in the format \(name); PNG and JPEG can be read")
      case nil: throw FileError(path: path, reason: "is no picture that can be read (PNG or JPEG)")
      }
    guard status == 0 else {
      let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw FileError(path: path, reason: String(decoding: text, as: UTF8.self))
    }
    defer { ci_free(&image) }
    let (width, height) = (Int(image.width), Int(image.height))
    let pixels = UnsafeBufferPointer(
      start: image.pixels, count: width * height * Int(image.channels))
    switch image.channels {
    case 1, 3:
      self.init(
        channels: Int(image.channels), height: height, width: width, bytes: Array(pixels))
    case 4:
      self.init(channels: 3, height: height, width: width, bytes: Self.rgb(invertedCMYK: pixels))
    case let count: throw FileError(path: path, reason: "has \(count) channels")
    }
  }
}
