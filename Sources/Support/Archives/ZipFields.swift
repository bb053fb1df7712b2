import Files

/// Consecutive little-endian fields of a zip file's records.
struct ZipFields {
  private let bytes: [UInt8]
  private let file: OpenedFile
  private let start: Int
  private var position = 0

  /// - Parameter start: where `bytes` begin in the file, for messages.
  init(_ bytes: [UInt8], _ file: OpenedFile, at start: Int) {
    self.bytes = bytes
    self.file = file
    self.start = start
  }

  var isAtEnd: Bool { position == bytes.count }

  /// The next `count` bytes.
  mutating func take(_ count: Int) throws(FileError) -> ArraySlice<UInt8> {
    try skip(count)
    return bytes[(position - count)..<position]
  }

  mutating func skip(_ count: Int) throws(FileError) {
    guard count <= bytes.count - position else {
      throw file.fault("its zip record at byte \(start) is truncated")
    }
    position += count
  }

  /// A number of `size` bytes.
  mutating func number(_ size: Int) throws(FileError) -> UInt64 {
    try skip(size)
    var value: UInt64 = 0
    for place in stride(from: position - 1, through: position - size, by: -1) {
      value = value << 8 | UInt64(bytes[place])
    }
    return value
  }

  /// - Parameter record: what begins with the signature, for messages.
  mutating func signature(
    _ last: (UInt8, UInt8), of record: @autoclosure () -> String
  )
    throws(FileError)
  {
    guard try number(4) == 0x4B50 | UInt64(last.0) << 16 | UInt64(last.1) << 24 else {
      throw file.fault("its zip file lacks \(record())")
    }
  }

  func fault(_ reason: String) -> FileError { file.fault(reason) }
}
