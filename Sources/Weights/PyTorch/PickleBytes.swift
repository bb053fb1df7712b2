import Files

/// The bytes of pickles in a file, read on a piece at a time.
struct PickleBytes {
  let file: OpenedFile
  /// The next byte's place in the file.
  private(set) var position: Int
  private let end: Int
  private var piece: ArraySlice<UInt8> = []

  /// No text of a state dict is longer.
  static let textLimit = 1 << 20
  /// A pickle of 64 MiB names hundreds of thousands of tensors.
  static let sizeLimit = 64 << 20

  init(_ file: OpenedFile, _ range: Range<Int>) {
    self.file = file
    position = range.lowerBound
    end = min(range.upperBound, range.lowerBound + Self.sizeLimit)
  }

  mutating func byte() throws(FileError) -> UInt8 {
    if piece.isEmpty {
      guard position < end else { throw file.fault("its pickle breaks off") }
      piece = try file.bytes(at: position..<min(position + 1 << 16, end))[...]
    }
    position += 1
    return piece.removeFirst()
  }

  mutating func bytes(_ count: UInt64) throws(FileError) -> [UInt8] {
    guard count <= UInt64(end - position) else { throw file.fault("its pickle breaks off") }
    guard count <= UInt64(Self.textLimit) else {
      throw file.fault("its pickle has a text of \(count) bytes")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(count))
    for _ in 0..<count { bytes.append(try byte()) }
    return bytes
  }

  /// A little-endian number.
  mutating func number(_ size: Int) throws(FileError) -> UInt64 {
    var value: UInt64 = 0
    for place in 0..<size { value |= UInt64(try byte()) << UInt64(8 * place) }
    return value
  }

  /// What comes before the next line break; names of Python are short.
  mutating func line() throws(FileError) -> [UInt8] {
    var line: [UInt8] = []
    while case let next = try byte(), next != UInt8(ascii: "\n") {
      guard line.count < 1000 else { throw file.fault("its pickle has an endless name") }
      line.append(next)
    }
    return line
  }
}
