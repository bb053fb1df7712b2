import DataSchema
import InputFiles

/// The regular files in a gzip-compressed tar archive, one after the other.
///
/// Headers are those of ustar and of what came before it; names of more than 100 bytes and pax extensions are
/// passed over, for none of the archives that are read has a file with one.
struct TarReader {
  private static let block = 512

  private let path: String
  private let input: GzipInput
  /// Bytes of the current member and its padding that have not been read.
  private var left = 0
  private var sizeLeft = 0

  /// Begins at the start of the archive at `path`.
  init(_ path: String) throws(DataError) {
    self.path = path
    input = try GzipInput(InputFile(path: path))
  }

  /// The name and the size of the next regular file; `nil` at the end.
  ///
  /// - Throws: ``DataError`` if the archive is damaged.
  mutating func next() throws(DataError) -> (name: String, size: Int)? {
    while true {
      try skip()
      let header = try read(Self.block)
      if header.isEmpty || header.allSatisfy({ $0 == 0 }) { return nil }
      guard header.count == Self.block else {
        throw DataError(path: path, reason: "the tar archive breaks off within a header")
      }
      guard Self.sum(header) == Self.octal(header[148..<156]),
        let size = Self.octal(header[124..<136])
      else { throw DataError(path: path, reason: "is not a tar archive, or a header is damaged") }
      // Twelve octal digits: far from an overflow.
      sizeLeft = size
      left = (size + Self.block - 1) / Self.block * Self.block
      // '0', or zero in archives from before ustar.
      guard header[156] == UInt8(ascii: "0") || header[156] == 0 else { continue }
      return (String(decoding: header[..<100].prefix { $0 != 0 }, as: UTF8.self), size)
    }
  }

  /// The contents of the file that `next` gave last.
  ///
  /// - Parameter limit: longer ones are refused before memory is taken.
  mutating func contents(limit: Int) throws(DataError) -> [UInt8] {
    guard sizeLeft <= limit else {
      throw DataError(
        path: path, reason: "holds a file of \(sizeLeft) bytes, at most \(limit) were expected")
    }
    let bytes = try read(sizeLeft)
    guard bytes.count == sizeLeft else {
      throw DataError(path: path, reason: "the tar archive breaks off within a file")
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
        throw DataError(path: path, reason: "the tar archive breaks off within a file")
      }
      left -= step
    }
    sizeLeft = 0
  }

  /// The next `count` bytes, fewer only at the end.
  private func read(_ count: Int) throws(DataError) -> [UInt8] {
    var failure: DataError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(DataError) {
        initialized = try input.read(into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// A number in octal digits, with spaces before and spaces or zeros after it.
  private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
    let digits = field.drop { $0 == UInt8(ascii: " ") }
      .prefix { $0 != UInt8(ascii: " ") && $0 != 0 }
    guard !digits.isEmpty, digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "7") ~= $0 })
    else { return nil }
    return digits.reduce(0) { $0 << 3 | Int($1 - UInt8(ascii: "0")) }
  }

  /// The header's checksum: of its bytes, those of the checksum itself counted as spaces.
  private static func sum(_ header: [UInt8]) -> Int {
    header.enumerated().reduce(0) { sum, byte in
      sum + (148..<156 ~= byte.offset ? 32 : Int(byte.element))
    }
  }
}
