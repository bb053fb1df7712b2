import CImages
import Glibc

/// An image whose pixels are numbers of palette colours, such as classes.
package struct PaletteImage: Sendable, Equatable {
  package let width: Int
  package let height: Int
  /// One number a pixel, in rows from the top.
  package let numbers: [UInt8]
  package let colors: [PixelImage.Color]

  /// - Precondition: there is a number for each pixel and a colour for each number, at most 256.
  package init(width: Int, height: Int, numbers: [UInt8], colors: [PixelImage.Color]) {
    precondition(width > 0 && height > 0 && numbers.count == width * height)
    precondition(colors.count <= 256 && numbers.allSatisfy { Int($0) < colors.count })
    self.width = width
    self.height = height
    self.numbers = numbers
    self.colors = colors
  }

  /// Encodes the image as PNG with a palette, not interlaced, without timestamps.
  package func png() throws(PNGError) -> [UInt8] {
    var data: UnsafeMutablePointer<UInt8>?
    var size = 0
    var message = [CChar](repeating: 0, count: Int(CI_MESSAGE_SIZE))
    let palette = colors.flatMap { [$0.red, $0.green, $0.blue] }
    guard
      ci_encode_palette_png(
        numbers, UInt32(width), UInt32(height), palette, UInt32(colors.count), &data, &size,
        &message) == 0, let data
    else {
      let reason = message.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }
      throw PNGError(description: "an image \(reason ?? "cannot be encoded")")
    }
    defer { free(data) }
    return Array(UnsafeBufferPointer(start: data, count: size))
  }
}
