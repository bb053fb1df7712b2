import DataSchema
import Files

/// The bytes of a document, piece by piece.
final class JSONSource {
  /// What has been read and not been passed on.
  let buffer: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  private let file: OpenedFile?
  private let bytes: [UInt8]
  private var offset = 0

  /// Pieces of a megabyte, so that memory does not grow with the file.
  init(_ file: OpenedFile) {
    capacity = 1 << 20
    buffer = .allocate(capacity: capacity)
    self.file = file
    bytes = []
  }

  init(_ bytes: [UInt8]) {
    capacity = 1 << 20
    buffer = .allocate(capacity: capacity)
    file = nil
    self.bytes = bytes
  }

  deinit { buffer.deallocate() }

  /// Fills the buffer with the next piece.
  ///
  /// - Returns: how many bytes there were; 0 at the end.
  func next() throws(DataError) -> Int {
    let count = min(capacity, (file?.size ?? bytes.count) - offset)
    guard count > 0 else { return 0 }
    if let file {
      let (buffer, offset) = (buffer, offset)
      try DataError.wrap { () throws(FileError) in
        try file.fill(UnsafeMutableRawBufferPointer(start: buffer, count: count), at: offset)
      }
    } else {
      bytes.withUnsafeBufferPointer { bytes in
        if let start = bytes.baseAddress { buffer.update(from: start + offset, count: count) }
      }
    }
    offset += count
    return count
  }
}

@available(*, unavailable)
extension JSONSource: Sendable {}
