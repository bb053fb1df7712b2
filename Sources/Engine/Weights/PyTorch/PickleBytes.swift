import Files

/// The bytes of pickles, read from a file in pieces or from memory.
struct PickleBytes {
  let file: OpenedFile
  /// The next byte's offset in the file, or in the bytes in memory.
  private(set) var position: Int
  private let end: Int
  private var piece: [UInt8] = []
  /// The next byte's offset in `piece`.
  private var next = 0

  /// Longer strings are skipped instead of kept: no name in a state dict is nearly that long.
  static let textLimit = 1 << 16
  /// The maximum size of a pickle. Objects in a checkpoint, such as NumPy arrays, are part of it; memory
  /// has its own limits.
  static let sizeLimit = 1 << 30

  init(_ file: OpenedFile, _ range: Range<Int>) {
    self.file = file
    position = range.lowerBound
    end = min(range.upperBound, range.lowerBound + Self.sizeLimit)
  }

  /// - Parameter bytes: the unpacked contents of an entry of `file`.
  init(_ file: OpenedFile, unpacked bytes: [UInt8]) {
    self.file = file
    position = 0
    end = bytes.count
    piece = bytes
  }

  mutating func byte() throws(FileError) -> UInt8 {
    if next == piece.count {
      guard position < end else { throw brokenOff }
      piece = try file.bytes(at: position..<min(position + 1 << 16, end))
      next = 0
    }
    defer {
      position += 1
      next += 1
    }
    return piece[next]
  }

  /// - Precondition: `count` is at most ``textLimit``.
  mutating func bytes(_ count: Int) throws(FileError) -> [UInt8] {
    guard count <= end - position else { throw brokenOff }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for _ in 0..<count { bytes.append(try byte()) }
    return bytes
  }

  mutating func skip(_ count: UInt64) throws(FileError) {
    guard count <= UInt64(end - position) else { throw brokenOff }
    position += Int(count)
    let rest = piece.count - next
    if Int(count) <= rest {
      next += Int(count)
    } else {
      piece = []
      next = 0
    }
  }

  /// A little-endian number.
  mutating func number(_ size: Int) throws(FileError) -> UInt64 {
    var value: UInt64 = 0
    for place in 0..<size { value |= UInt64(try byte()) << UInt64(8 * place) }
    return value
  }

  /// The bytes before the next line break; names in Python are short.
  mutating func line() throws(FileError) -> [UInt8] {
    var line: [UInt8] = []
    while case let next = try byte(), next != UInt8(ascii: "\n") {
      guard line.count < 1000 else { throw file.fault("its pickle has an unterminated name") }
      line.append(next)
    }
    return line
  }

  private var brokenOff: FileError { file.fault("its pickle is truncated") }
}
