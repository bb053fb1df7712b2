import Glibc

/// A regular file, open for reading; several threads may read it at once.
package final class OpenedFile: Sendable {
  package let path: String
  /// Its size when it was opened; nothing beyond that is read.
  package let size: Int
  private let descriptor: Int32
  /// The contents of a file whose size the system reports as 0, such as those in `/proc`; `nil` for other
  /// files.
  private let generated: [UInt8]?

  /// - Throws: ``FileError`` if it is missing, unreadable or not a regular file.
  package convenience init(_ path: String) throws(FileError) {
    try FileError.refuseZeroByte(in: path)
    // Without O_NONBLOCK, opening a pipe would wait for another process.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(path: path, attempt: "open it", code: errno) }
    try self.init(taking: descriptor, path: path)
  }

  /// Takes ownership of a descriptor, which is closed with this object or on failure.
  init(taking descriptor: Int32, path: String) throws(FileError) {
    do throws(FileError) {
      let size = try Self.size(of: descriptor, path)
      let generated = size == 0 ? try Self.readToEnd(descriptor, path) : []
      self.generated = generated.isEmpty ? nil : generated
      self.size = max(size, generated.count)
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// An error about this file.
  package func fault(_ reason: String) -> FileError { FileError(path: path, reason: reason) }

  private static func size(of descriptor: Int32, _ path: String) throws(FileError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw FileError(path: path, attempt: "inspect it", code: errno)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return Int(status.st_size)
    case S_IFDIR: throw FileError(path: path, reason: "expected a file, found a folder")
    default: throw FileError(path: path, reason: "is not a regular file")
    }
  }

  /// An upper bound on the size of such files.
  private static let mostGenerated = 1 << 24

  private static func readToEnd(_ descriptor: Int32, _ path: String) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 12)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw FileError(path: path, attempt: "read it", code: errno) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
      if bytes.count > mostGenerated {
        throw FileError(path: path, reason: "is larger than \(mostGenerated) bytes")
      }
    }
  }

  /// All bytes.
  ///
  /// - Throws: ``FileError``, also if there are more than `limit`.
  package func contents(limit: Int) throws(FileError) -> [UInt8] {
    guard size <= limit else {
      throw FileError(path: path, reason: "is larger than \(limit) bytes")
    }
    return try bytes(at: 0..<size)
  }

  /// The bytes at `range`, which must lie within ``size``.
  ///
  /// - Throws: ``FileError``, also if the file has been truncated since it was opened.
  package func bytes(at range: Range<Int>) throws(FileError) -> [UInt8] {
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
      do throws(FileError) {
        try fill(
          UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: range.count),
          at: range.lowerBound)
        filled = range.count
      } catch {
        failure = error
        filled = 0
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Fills `buffer` with the bytes from `offset` on, which must lie within ``size``. May be called on several
  /// threads at once.
  ///
  /// - Throws: ``FileError``, also if the file has been truncated since it was opened.
  package func fill(
    _ buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(FileError) {
    precondition(offset >= 0 && offset <= size && buffer.count <= size - offset)
    if let generated {
      buffer.copyBytes(from: generated[offset..<(offset + buffer.count)])
      return
    }
    var filled = 0
    while filled < buffer.count, let start = buffer.baseAddress {
      let count = pread(descriptor, start + filled, buffer.count - filled, offset + filled)
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw FileError(path: path, attempt: "read it", code: errno) }
      if count == 0 {
        throw FileError(path: path, reason: "was truncated while it was being read")
      }
      filled += count
    }
  }
}
