import Glibc

/// A file below a folder or in an archive.
struct ListedFile: Sendable, Hashable {
  /// From the root, with `/` between its parts.
  var path: String
  /// In bytes.
  var size: Int
  /// Changes whenever the file does: nanoseconds of its last change, or the checksum in an archive.
  var stamp: Int64
  /// Why it cannot be read; `nil` if nothing is known.
  var problem: String?

  /// The parts of the path. Bytes are looked at rather than characters, which take ten times as long to find.
  var parts: [Substring] { path.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) } }

  /// The ending of the name in lower case, with its dot; empty if it has none.
  var ending: String {
    let path = path.utf8
    let name = path.lastIndex(of: UInt8(ascii: "/")).map { path[$0...].dropFirst() } ?? path[...]
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return "" }
    return Substring(name[dot...]).lowercased()
  }

  /// Whether the name of the file or of a folder that it is in begins with a dot.
  static func isHidden(_ path: String) -> Bool {
    var isStart = true
    for byte in path.utf8 {
      if isStart, byte == UInt8(ascii: ".") { return true }
      isStart = byte == UInt8(ascii: "/")
    }
    return false
  }

  /// Whether the bytes of `a` come before those of `b`, the same on every machine.
  static func precedes(_ a: String, _ b: String) -> Bool {
    var (a, b) = (a, b)
    return a.withUTF8 { a in
      b.withUTF8 { b in
        guard let start = a.baseAddress, let other = b.baseAddress else { return a.count < b.count }
        let order = memcmp(start, other, min(a.count, b.count))
        return order == 0 ? a.count < b.count : order < 0
      }
    }
  }
}
