import DataSchema
import Files

/// A text file with the group of each training example, one per line.
package enum GroupFile {
  /// - Throws: ``DataError`` if there are not exactly `count` lines, or if one is empty.
  package static func read(_ path: String, count: Int) throws(DataError) -> [String] {
    let bytes = try DataError.wrap { () throws(FileError) in
      try FileReading.bytes(of: path, limit: 1 << 30)
    }
    var lines = String(decoding: bytes, as: UTF8.self)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    if lines.last == "" { lines.removeLast() }
    guard lines.count == count else {
      throw DataError(
        path: path, reason: "has \(lines.count) lines for \(count) training examples")
    }
    if let empty = lines.firstIndex(of: "") {
      throw DataError(path: path, reason: "line \(empty + 1) is empty")
    }
    return lines
  }
}
