import DataSchema
import InputFiles

/// The bytes of a text, one piece after the other: a file, compressed by gzip or not, or memory.
package final class TextInput {
  private enum Origin {
    case file(InputFile)
    case gzip(GzipInput)
    case memory([UInt8], position: Int)
  }

  /// What errors name.
  package let path: String
  private var origin: Origin

  /// Opens a file; its content says whether it is compressed.
  ///
  /// - Throws: `DataError` if it is missing, unreadable or no regular file.
  package init(path: String) throws(DataError) {
    let file = try InputFile(path: path)
    self.path = path
    origin =
      Gzip.begins(try file.firstBytes(2)) ? .gzip(try GzipInput(file)) : .file(file)
  }

  /// Text in memory, which errors call `name`.
  package init(_ bytes: [UInt8], name: String) {
    path = name
    origin = .memory(bytes, position: 0)
  }

  /// Fills `buffer` and returns how many bytes there were: fewer than asked only at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    switch origin {
    case .file(let file): return try file.read(into: buffer)
    case .gzip(let gzip): return try gzip.read(into: buffer)
    case .memory(let bytes, let position):
      let count = min(buffer.count, bytes.count - position)
      buffer.copyBytes(from: bytes[position..<(position + count)])
      origin = .memory(bytes, position: position + count)
      return count
    }
  }
}

@available(*, unavailable)
extension TextInput: Sendable {}
