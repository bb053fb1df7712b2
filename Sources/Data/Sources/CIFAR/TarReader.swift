import Archives
import DataSchema
import Files
import InputFiles

/// The regular files in a gzip-compressed tar archive, one after the other. An archive that is not compressed is an
/// `Archive`, which reads files in any order.
///
/// Names of more than 255 bytes and pax extensions are passed over, for none of the archives that are read has a
/// file with one.
package struct TarReader {
  private let path: String
  private let input: GzipInput
  /// Where the next header or the next byte of the current file begins in the unpacked archive.
  private var position = 0
  /// Bytes of the current member and its padding that have not been read.
  private var left = 0
  private var sizeLeft = 0

  /// Begins at the start of the archive at `path`.
  ///
  /// - Throws: ``DataError`` if there is no such file or it is not compressed by gzip.
  package init(_ path: String) throws(DataError) {
    self.path = path
    input = try GzipInput(InputFile(path: path))
  }

  /// The name and the size in bytes of the next regular file; `nil` at the end.
  ///
  /// - Throws: ``DataError`` if the archive is damaged.
  package mutating func next() throws(DataError) -> (name: String, size: Int)? {
    while true {
      try skip()
      let place = position
      let bytes = try read(TarHeader.block)
      if bytes.isEmpty || bytes.allSatisfy({ $0 == 0 }) { return nil }
      guard bytes.count == TarHeader.block else {
        throw DataError(path: path, reason: "the tar archive is truncated within a header")
      }
      let header = try DataError.wrap { [path] () throws(FileError) in
        try TarHeader(bytes, at: place, in: path)
      }
      let padding = (TarHeader.block - header.size % TarHeader.block) % TarHeader.block
      let (padded, overflow) = header.size.addingReportingOverflow(padding)
      guard !overflow else {
        throw DataError(
          path: path, reason: "its tar header at byte \(place) has an invalid size")
      }
      (sizeLeft, left) = (header.size, padded)
      // '0', or zero in archives from before ustar.
      guard header.kind == UInt8(ascii: "0") || header.kind == 0 else { continue }
      return (String(decoding: header.name, as: UTF8.self), header.size)
    }
  }

  /// The contents of the file that `next` gave last.
  ///
  /// - Parameter limit: longer ones, in bytes, are refused before memory is taken.
  /// - Throws: ``DataError`` if the archive is damaged or the file longer than that.
  package mutating func contents(limit: Int) throws(DataError) -> [UInt8] {
    guard sizeLeft <= limit else {
      throw DataError(
        path: path, reason: "holds a file of \(sizeLeft) bytes, at most \(limit) were expected")
    }
    let bytes = try read(sizeLeft)
    guard bytes.count == sizeLeft else {
      throw DataError(path: path, reason: "the tar archive is truncated within a file")
    }
    left -= sizeLeft
    sizeLeft = 0
    return bytes
  }

  /// Passes over what is left of the current member.
  private mutating func skip() throws(DataError) {
    while left > 0 {
      let step = min(left, 1 << 18)
      guard try read(step).count == step else {
        throw DataError(path: path, reason: "the tar archive is truncated within a file")
      }
      left -= step
    }
    sizeLeft = 0
  }

  /// The next `count` bytes, fewer only at the end.
  private mutating func read(_ count: Int) throws(DataError) -> [UInt8] {
    var failure: DataError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(DataError) {
        initialized = try input.read(into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    position += bytes.count
    return bytes
  }
}
