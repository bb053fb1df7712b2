import Crypto
import DataSchema
import Files
import InputFiles

/// An open IDX file whose header has been read and matches the file's size.
final class IDXInput {
  /// The size of a read in bytes.
  static let piece = 1 << 18

  let shape: [Int]
  let element: IDXElement
  /// The number of bytes of values after the header: the product of `shape` and the element size.
  let valueCount: Int
  private let file: InputFile
  /// `nil` if the file is not compressed.
  private let gzip: GzipInput?
  private var hasher = SHA256()

  /// Opens `path`, compressed or not, and reads its header. Rejects values of more than `limit` bytes and
  /// element types that are not in `elements`.
  init(
    path: String, limit: Int, elements: [IDXElement] = [.unsignedByte]
  ) throws(DataError) {
    file = try InputFile(path: path)
    let start = try file.firstBytes(4)
    gzip = Gzip.begins(start) ? try GzipInput(file) : nil

    var header: [UInt8] = []
    try Self.extend(&header, by: 4, from: file, gzip)
    let dimensions = try Self.dimensions(magic: header, elements, path: path)
    element = IDXElement(rawValue: header[2]) ?? .unsignedByte
    try Self.extend(&header, by: 4 * dimensions, from: file, gzip)
    shape = (1...dimensions).map { dimension in
      header[(4 * dimension)..<(4 * dimension + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
    valueCount = try Self.valueCount(
      shape: shape, size: element.size, limit: limit, path: path)
    try Self.check(valueCount, after: header.count, in: file, compressed: gzip != nil, shape)
    hasher.update(data: header)
  }

  /// Fills `buffer` with the next values; throws if there are too few.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) {
    let got = try Self.read(into: buffer, from: file, gzip)
    guard got == buffer.count else {
      throw DataError(
        path: file.path,
        reason: "is truncated: its header promises \(Self.describe(shape)) = \(valueCount) bytes")
    }
    hasher.update(bufferPointer: UnsafeRawBufferPointer(buffer))
  }

  /// Checks, after all values were read, that the file ends where its header says. Returns the SHA-256 of the
  /// uncompressed file in hexadecimal.
  func finish() throws(DataError) -> String {
    var probe: UInt8 = 0
    var failure: DataError?
    let got = withUnsafeMutableBytes(of: &probe) { buffer in
      do throws(DataError) {
        return try Self.read(into: buffer, from: file, gzip)
      } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
    guard got == 0 else { throw Self.tooLong(file.path, shape, valueCount) }
    return hasher.finalize().hexadecimal
  }
}

// Validation of the header.
extension IDXInput {
  /// Parses the number of dimensions from the four bytes `magic`.
  private static func dimensions(
    magic: [UInt8], _ elements: [IDXElement], path: String
  ) throws(DataError) -> Int {
    guard magic[0] == 0, magic[1] == 0 else {
      let shown = magic.hexadecimal
      let page = magic[0] == UInt8(ascii: "<") ? ", which looks like a web page" : ""
      throw DataError(path: path, reason: "is not an IDX file: it begins with \(shown)\(page)")
    }
    guard elements.contains(where: { $0.rawValue == magic[2] }) else {
      let code = [magic[2]].hexadecimal
      let what =
        IDXElement(rawValue: magic[2]).map { "holds \($0.description)" }
        ?? "has the unknown element type \(code)"
      let readable =
        elements == [.unsignedByte] ? "; only unsigned bytes (type 08) can be read" : ""
      throw DataError(path: path, reason: what + readable)
    }
    guard 1...4 ~= magic[3] else {
      throw DataError(path: path, reason: "has \(magic[3]) dimensions; 1 to 4 are supported")
    }
    return Int(magic[3])
  }

  private static func valueCount(
    shape: [Int], size: Int, limit: Int, path: String
  ) throws(DataError) -> Int {
    // A zero anywhere makes the product zero, even if the other sizes overflow.
    if shape.contains(0) { return 0 }
    var count = 1
    for size in shape + [size] {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= limit else {
        throw DataError(
          path: path, reason: "its header promises \(describe(shape)) bytes; \(limit) are allowed")
      }
      count = product
    }
    return count
  }

  /// Compares the declared size with what the file can hold, before memory is allocated.
  private static func check(
    _ valueCount: Int, after headerCount: Int, in file: InputFile, compressed: Bool, _ shape: [Int]
  ) throws(DataError) {
    let (most, overflow) =
      compressed
      ? file.size.multipliedReportingOverflow(by: Gzip.mostBytesPerCompressedByte)
      : (file.size, false)
    guard overflow || valueCount <= most - headerCount else {
      let held = compressed ? "cannot hold that many" : "holds \(most - headerCount)"
      throw DataError(
        path: file.path,
        reason: "its header promises \(describe(shape)) = \(valueCount) bytes, but the file \(held)"
      )
    }
    guard compressed || valueCount == most - headerCount else {
      throw tooLong(file.path, shape, valueCount)
    }
  }

  private static func tooLong(_ path: String, _ shape: [Int], _ valueCount: Int) -> DataError {
    DataError(
      path: path,
      reason: "is longer than the \(describe(shape)) = \(valueCount) bytes that its header promises"
    )
  }

  private static func describe(_ shape: [Int]) -> String {
    shape.map(String.init).joined(separator: " × ")
  }

  /// Appends `count` bytes of the header; throws if there are too few.
  private static func extend(
    _ header: inout [UInt8], by count: Int, from file: InputFile, _ gzip: GzipInput?
  ) throws(DataError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { buffer.deallocate() }
    guard try read(into: buffer, from: file, gzip) == count else {
      let empty = file.size == 0
      throw DataError(
        path: file.path, reason: empty ? "is empty" : "is truncated within its IDX header")
    }
    header.append(contentsOf: buffer)
  }

  private static func read(
    into buffer: UnsafeMutableRawBufferPointer, from file: InputFile, _ gzip: GzipInput?
  ) throws(DataError) -> Int {
    if let gzip { return try gzip.read(into: buffer) }
    return try file.read(into: buffer)
  }
}
