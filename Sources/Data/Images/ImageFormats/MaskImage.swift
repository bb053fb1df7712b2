import CImages
import Files

/// The values of a PNG as they are stored: numbers of palette colours or grey values, or colours. What a mask
/// says of each pixel.
package struct MaskImage: Sendable, Equatable {
  /// 1 (one value a pixel) or 3 (red, green, blue).
  package let channels: Int
  package let height: Int
  package let width: Int
  /// Interleaved, in rows from the top left.
  package let bytes: [UInt8]

  /// Decodes the contents of a PNG file; `path` is only used in messages.
  ///
  /// - Throws: ``FileError`` if it is no PNG, damaged, or has more than 8 bits a channel. Formats that lose
  ///   detail would invent classes at every edge.
  package init(
    decoding file: [UInt8], path: String, limits: DecodedImage.Limits = DecodedImage.Limits()
  ) throws(FileError) {
    if file.isEmpty { throw FileError(path: path, reason: "is empty") }
    guard case .png? = ImageFormat(beginning: file) else {
      throw FileError(path: path, reason: "is not a PNG, which masks have to be")
    }
    var image = ci_image()
    var message = [CChar](repeating: 0, count: Int(CI_MESSAGE_SIZE))
    guard
      ci_decode_png_values(file, file.count, UInt64(clamping: limits.pixels), &image, &message)
        == 0
    else {
      let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw FileError(path: path, reason: String(decoding: text, as: UTF8.self))
    }
    defer { ci_free(&image) }
    channels = Int(image.channels)
    height = Int(image.height)
    width = Int(image.width)
    bytes = Array(
      UnsafeBufferPointer(start: image.pixels, count: channels * height * width))
  }
}
