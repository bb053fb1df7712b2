import Files

/// A header of a tar file: 512 bytes in front of the contents of a member, or of what describes the next one.
package struct TarHeader {
  /// What follows: the type flag of the format.
  package let kind: UInt8
  /// Its name as the bytes of the header, joined with its prefix.
  package let name: [UInt8]
  /// The size of what follows, in bytes.
  package let size: Int

  /// The size of a header; everything in a tar file takes a multiple of it.
  package static let block = 512

  /// - Parameters:
  ///   - bytes: 512 bytes.
  ///   - place: where they begin in the file, for messages.
  ///   - path: the path of the file, for messages.
  /// - Throws: ``FileError`` if they are no header.
  package init(
    _ bytes: some Sequence<UInt8>, at place: Int, in path: String
  ) throws(FileError) {
    let fields = Array(bytes)
    guard Self.isSound(fields) else {
      throw FileError(
        path: path,
        reason: "its tar header at byte \(place) is damaged: its checksum is wrong")
    }
    guard let size = Self.number(fields[124..<136]) else {
      throw FileError(
        path: path, reason: "its tar header at byte \(place) has an invalid size")
    }
    self.size = size
    kind = fields[156]
    let last = fields[0..<100].prefix { $0 != 0 }
    // GNU's variant has other things in the place of the prefix.
    let prefix =
      fields[257..<263].elementsEqual(Array("ustar\0".utf8))
      ? fields[345..<500].prefix { $0 != 0 } : []
    name = prefix.isEmpty ? Array(last) : prefix + [UInt8(ascii: "/")] + last
  }

  /// Whether the checksum fits: the sum of all bytes, with spaces in its own place. Old programs summed signed
  /// bytes.
  static func isSound(_ fields: [UInt8]) -> Bool {
    guard fields.count == block, let wanted = number(fields[148..<156]) else { return false }
    var (unsigned, signed) = (0, 0)
    for place in fields.indices {
      let byte = (148..<156).contains(place) ? UInt8(ascii: " ") : fields[place]
      unsigned += Int(byte)
      signed += Int(Int8(bitPattern: byte))
    }
    return wanted == unsigned || wanted == signed
  }

  /// An octal number, with spaces and zero bytes around it, or GNU's binary one.
  ///
  /// - Returns: `nil` if it is neither, negative or too large.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    guard let first = field.first else { return nil }
    if first & 0x80 != 0 {
      var value = Int(first & 0x7F)
      for byte in field.dropFirst() {
        guard value <= Int.max >> 9 else { return nil }
        value = value << 8 | Int(byte)
      }
      return value
    }
    let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
    var value = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit), value <= Int.max >> 4 else {
        return nil
      }
      value = value << 3 | Int(digit - UInt8(ascii: "0"))
    }
    return value
  }
}
