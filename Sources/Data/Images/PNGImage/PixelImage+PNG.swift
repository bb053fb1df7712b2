import CImages
import Glibc

/// libpng failed to encode an image, which only happens if memory runs out.
package struct PNGError: Error, Equatable, CustomStringConvertible {
  package let description: String
}

extension PixelImage {
  /// Encodes the image as PNG: 8-bit RGB, not interlaced, without timestamps.
  package func png() throws(PNGError) -> [UInt8] {
    var data: UnsafeMutablePointer<UInt8>?
    var size = 0
    var message = [CChar](repeating: 0, count: Int(CI_MESSAGE_SIZE))
    guard ci_encode_png(bytes, UInt32(width), UInt32(height), &data, &size, &message) == 0,
      let data
    else {
      let reason = message.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }
      throw PNGError(description: "an image \(reason ?? "cannot be encoded")")
    }
    defer { free(data) }
    return Array(UnsafeBufferPointer(start: data, count: size))
  }
}
