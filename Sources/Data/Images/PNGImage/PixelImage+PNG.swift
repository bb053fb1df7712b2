import CImages
import Glibc

/// libpng could not encode a picture, which takes a machine without memory.
package struct PNGError: Error, Equatable, CustomStringConvertible {
  package let description: String
}

extension PixelImage {
  /// A PNG file: 8-bit RGB, not interlaced, and nothing that depends on the clock.
  package func png() throws(PNGError) -> [UInt8] {
    var data: UnsafeMutablePointer<UInt8>?
    var size = 0
    var message = [CChar](repeating: 0, count: Int(CI_MESSAGE_SIZE))
    guard ci_encode_png(bytes, UInt32(width), UInt32(height), &data, &size, &message) == 0,
      let data
    else {
      let reason = message.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }
      throw PNGError(description: "a picture \(reason ?? "cannot be encoded")")
    }
    defer { free(data) }
    return Array(UnsafeBufferPointer(start: data, count: size))
  }
}
