import Files
import Glibc

/// A file of the store with the first input of all examples, whole and verified, mapped into memory read-only: all
/// processes that use it have one copy of it in memory. While this object exists, nobody evicts the file.
final class Column: Sendable {
  nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
  private nonisolated(unsafe) let mapping: UnsafeMutableRawPointer
  private let mappedBytes: Int
  /// Holds the shared lock until this object is released.
  private nonisolated(unsafe) let file: LockedFile

  /// - Parameter file: with a shared lock.
  /// - Returns: `nil` if the file is not whole, or is damaged.
  init?(_ file: LockedFile, _ layout: ColumnLayout) throws(FileError) {
    guard try Int(file.status().st_size) == layout.fileBytes,
      let digest = try layout.digest(in: file)
    else { return nil }
    let length = layout.fileBytes
    guard
      let start = mmap(nil, length, PROT_READ, MAP_SHARED, file.descriptor, 0), start != MAP_FAILED
    else { throw FileError(path: file.path, attempt: "map it into memory", code: errno) }
    (mapping, mappedBytes) = (start, length)
    bytes = UnsafeRawBufferPointer(start: start + ColumnLayout.headerBytes, count: layout.bytes)
    self.file = file
    // From here on, the mapping is undone when this object is released.
    if Digest.hex(of: bytes) != digest { return nil }
  }

  deinit { munmap(mapping, mappedBytes) }
}

/// A column that is being written by this process, which has the exclusive lock on its file. If it is released before
/// it is whole, the file is removed.
final class UnfinishedColumn {
  private let file: LockedFile
  private let layout: ColumnLayout
  private var digest = RunningDigest()
  private var written = 0
  private var isWhole = false

  /// - Parameter file: with an exclusive lock.
  init(_ file: LockedFile, _ layout: ColumnLayout) throws(FileError) {
    self.file = file
    self.layout = layout
    guard ftruncate(file.descriptor, 0) == 0 else {
      throw FileError(path: file.path, attempt: "empty it", code: errno)
    }
  }

  deinit { if !isWhole { unlink(file.path) } }

  /// Writes the next rows.
  func append(_ part: UnsafeRawBufferPointer) throws(FileError) {
    try write(part, at: ColumnLayout.headerBytes + written)
    digest.add(part)
    written += part.count
  }

  /// Writes the header, so that the file counts as whole.
  ///
  /// - Precondition: as many bytes have been written as the layout says.
  /// - Returns: `nil` if the file is damaged.
  func finish() throws(FileError) -> Column? {
    precondition(written == layout.bytes)
    var problem: FileError?
    layout.header(digest: digest.hex).withUnsafeBytes { header in
      do throws(FileError) { try write(header, at: 0) } catch { problem = error }
    }
    if let problem { throw problem }
    isWhole = true
    try file.lock(.shared)
    return try Column(file, layout)
  }

  private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
    let code = file.write(bytes, at: offset)
    if code != 0 { throw FileError(path: file.path, attempt: "write it", code: code) }
  }
}
