import Files

/// The file of a column: a header with the key and the SHA-256 of the rows, then the rows.
///
/// Numbers are in the machine's byte order, which is little-endian on all supported machines.
struct ColumnLayout: Sendable, Equatable {
  /// Bytes before the rows.
  static let headerBytes = 4096

  let key: String
  /// Bytes of all rows.
  let bytes: Int

  var fileBytes: Int { Self.headerBytes + bytes }

  private var start: String { "runner column 1\nkey \(key)\nbytes \(bytes)\nsha256 " }

  /// The header, which is written last.
  func header(digest: String) -> [UInt8] {
    let text = Array("\(start)\(digest)\n".utf8)
    return text + [UInt8](repeating: 0, count: Self.headerBytes - text.count)
  }

  /// The digest of the rows in the header of a file; `nil` if it has no header, or that of another column.
  func digest(in file: LockedFile) throws(FileError) -> String? {
    let found = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.headerBytes, alignment: 1)
    defer { found.deallocate() }
    guard try file.read(at: 0, into: found) == found.count else { return nil }
    let (first, digits) = (start.utf8.count, 64)
    let digest = String(decoding: found[first..<(first + digits)], as: UTF8.self)
    return found.elementsEqual(header(digest: digest)) ? digest : nil
  }
}
