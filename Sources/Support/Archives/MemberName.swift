/// Checks of the names in archives, which come from strangers.
enum MemberName {
  /// Whether a name is a relative path of ordinary characters without empty parts, `.` and `..`.
  ///
  /// - Parameter name: in UTF-8, without a slash at the end.
  static func isPlain(_ name: some Sequence<UInt8>) -> Bool {
    var (length, dots) = (0, 0)
    for byte in name {
      switch byte {
      case UInt8(ascii: "/"):
        if length == 0 || length == dots && dots <= 2 { return false }
        (length, dots) = (0, 0)
        continue
      case 0..<0x20, 0x7F, UInt8(ascii: "\\"): return false
      case UInt8(ascii: "."): dots += 1
      default: break
      }
      length += 1
    }
    return length > 0 && !(length == dots && dots <= 2)
  }
}
