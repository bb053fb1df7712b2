/// Reads the orientation from an XMP packet, which Pillow uses if EXIF has none.
enum XMP {
  /// - Returns: `nil` if the packet contains no orientation.
  static func orientation(of packet: some Collection<UInt8>) -> Int? {
    let bytes = Array(packet)
    let name = Array("tiff:Orientation".utf8)
    var rest = bytes[...]
    while let found = rest.firstRange(of: name) {
      rest = rest[found.upperBound...]
      var value = rest
      if value.starts(with: Array("=\"".utf8)) {
        value = value.dropFirst(2)
      } else if value.first == UInt8(ascii: ">") {
        value = value.dropFirst()
      } else {
        continue
      }
      if let digit = value.first, (0x30...0x39).contains(digit) { return Int(digit) - 0x30 }
    }
    return nil
  }
}
