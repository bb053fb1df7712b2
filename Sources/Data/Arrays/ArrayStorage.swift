import DataSchema
import Files

/// Where bytes of an array file lie: in the file, or unpacked in memory.
///
/// Files are read by position and not mapped: if somebody truncates a mapped file, reading it ends the process
/// with `SIGBUS`, which no check beforehand excludes, while a read is an error that names the file. The
/// system keeps what was read in memory either way.
enum ArrayStorage: Sendable {
  /// The part of a file that begins at `offset` and is `size` bytes long.
  case file(OpenedFile, offset: Int, size: Int)
  case memory([UInt8])

  /// In bytes.
  var size: Int {
    switch self {
    case .file(_, _, let size): size
    case .memory(let bytes): bytes.count
    }
  }

  /// Fills `buffer` with the bytes from `offset` on, which must lie within ``size``.
  ///
  /// - Throws: ``DataError``, also if the file has been truncated since it was opened.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(DataError) {
    precondition(offset >= 0 && offset <= size && buffer.count <= size - offset)
    switch self {
    case .file(let file, let start, _):
      try DataError.wrap { () throws(FileError) in
        try file.fill(buffer, at: start + offset)
      }
    case .memory(let bytes):
      bytes.withUnsafeBytes {
        buffer.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + buffer.count)]))
      }
    }
  }

  /// The bytes at `range`, which must lie within ``size``.
  func bytes(at range: Range<Int>) throws(DataError) -> [UInt8] {
    try UninitializedBytes.filled(range.count) { (buffer) throws(DataError) in
      try read(into: buffer, at: range.lowerBound)
    }
  }

  /// A part of these bytes.
  func part(_ range: Range<Int>) -> ArrayStorage {
    precondition(range.lowerBound >= 0 && range.upperBound <= size)
    return switch self {
    case .file(let file, let start, _):
      .file(file, offset: start + range.lowerBound, size: range.count)
    case .memory(let bytes): .memory(Array(bytes[range]))
    }
  }
}

/// Arrays of bytes that are filled without being set to 0 first.
enum UninitializedBytes {
  /// `count` bytes, all of which `fill` writes.
  static func filled(
    _ count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(DataError) -> Void
  ) throws(DataError) -> [UInt8] {
    var failure: DataError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(DataError) {
        try fill(
          UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count))
        filled = count
      } catch {
        failure = error
        filled = 0
      }
    }
    if let failure { throw failure }
    return bytes
  }
}
