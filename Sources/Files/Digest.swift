import Crypto

package enum Digest {
  /// The SHA-256 of bytes as 64 hexadecimal digits.
  package static func hex(of bytes: some Sequence<UInt8>) -> String {
    var hasher = SHA256()
    bytes.withContiguousStorageIfAvailable {
      hasher.update(bufferPointer: UnsafeRawBufferPointer($0))
    } ?? hasher.update(data: Array(bytes))
    return hasher.finalize().hexadecimal
  }
}

extension Sequence where Element == UInt8 {
  /// Two lower-case digits a byte.
  package var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(2 * underestimatedCount)
    for byte in self {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
