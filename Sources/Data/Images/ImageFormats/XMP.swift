/// The orientation in a packet of XMP, which Pillow takes where EXIF gives none.
enum XMP {
  /// - Returns: `nil` if the packet does not mention it.
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
