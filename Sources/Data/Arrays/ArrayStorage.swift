import DataSchema
import Files

/// Where bytes of an array file lie: in the file, compressed in the file, or in memory.
///
/// Files are read by position and not mapped: if somebody truncates a mapped file, reading it ends the process
/// with `SIGBUS`, which no check beforehand excludes, while a read is an error that names the file. The
/// system keeps what was read in memory either way.
enum ArrayStorage: Sendable {
  /// The part of a file that begins at `offset` and is `size` bytes long.
  case file(OpenedFile, offset: Int, size: Int)
  case memory([UInt8])
  case packed(PackedMember)

  /// In bytes.
  var size: Int {
    switch self {
    case .file(_, _, let size): size
    case .packed(let member): member.size
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
    case .memory(let bytes): Self.copy(bytes, into: buffer, at: offset)
    case .packed(let member): Self.copy(try member.contents(), into: buffer, at: offset)
    }
  }

  private static func copy(
    _ bytes: [UInt8], into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) {
    bytes.withUnsafeBytes {
      buffer.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + buffer.count)]))
    }
  }

  /// The bytes at `range`, which must lie within ``size``.
  func bytes(at range: Range<Int>) throws(DataError) -> [UInt8] {
    try UninitializedBytes.filled(range.count) { (buffer) throws(DataError) in
      try read(into: buffer, at: range.lowerBound)
    }
  }

  /// The bytes at `range`, which must lie within ``size`` and near the beginning: all before them is read again
  /// each time. The checksum of compressed bytes is not verified, since the rest is not unpacked.
  func head(_ range: Range<Int>) throws(DataError) -> [UInt8] {
    guard case .packed(let member) = self else { return try bytes(at: range) }
    return Array(try member.first(range.upperBound)[range])
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
