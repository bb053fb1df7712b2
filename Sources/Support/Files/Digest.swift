import Crypto

/// SHA-256 digests as 64 hexadecimal digits.
package enum Digest {
  package static func hex(of bytes: some Sequence<UInt8>) -> String {
    var hasher = SHA256()
    hasher.add(bytes)
    return hasher.finalize().hexadecimal
  }

  /// The 32 bytes themselves.
  package static func bytes(of bytes: some Sequence<UInt8>) -> [UInt8] {
    var hasher = SHA256()
    hasher.add(bytes)
    return Array(hasher.finalize())
  }

  /// Of the concatenation of several pieces.
  package static func hex(of pieces: [[UInt8]]) -> String {
    var hasher = SHA256()
    for piece in pieces { hasher.add(piece) }
    return hasher.finalize().hexadecimal
  }

  /// The digest of a file, which is read in chunks.
  package static func hex(ofFile path: String) throws(FileError) -> String {
    try hex(of: OpenedFile(path))
  }

  /// The digest of an open file, from its start.
  package static func hex(of file: OpenedFile) throws(FileError) -> String {
    var hasher = SHA256()
    var position = 0
    while position < file.size {
      let end = min(position + 1 << 20, file.size)
      hasher.add(try file.bytes(at: position..<end))
      position = end
    }
    return hasher.finalize().hexadecimal
  }
}

/// An incremental SHA-256 digest.
package struct RunningDigest: Sendable {
  private var hasher = SHA256()

  package init() {}

  package mutating func add(_ bytes: some Sequence<UInt8>) { hasher.add(bytes) }

  package var hex: String {
    let hasher = hasher
    return hasher.finalize().hexadecimal
  }
}

extension SHA256 {
  fileprivate mutating func add(_ bytes: some Sequence<UInt8>) {
    let isDone: Void? = bytes.withContiguousStorageIfAvailable {
      update(bufferPointer: UnsafeRawBufferPointer($0))
    }
    if isDone == nil { update(data: Array(bytes)) }
  }
}

extension Sequence where Element == UInt8 {
  /// Two lowercase hexadecimal digits per byte.
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
