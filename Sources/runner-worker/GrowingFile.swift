import Files

/// A file of the run that grows while it trains, with the hash of what it holds. A checkpoint records
/// both, so that what was written before an interruption is known to be unchanged after it.
final class GrowingFile {
  private let file: AppendedFile
  private var digest = RunningDigest()

  /// Opens the file to append to it.
  ///
  /// - Parameters:
  ///   - length: everything after this many bytes is cut off.
  ///   - hash: of these bytes; `nil` if it is not known.
  /// - Throws: ``FileError``, also if the file is shorter than that, or other bytes are in it.
  init(
    _ name: String, in directory: RootedDirectory, at length: Int, hash: String?
  ) throws(FileError) {
    if length > 0, directory.isFile(name) {
      let old = try directory.open(name)
      if old.size >= length {
        digest.add(try old.bytes(at: 0..<length))
        if let hash, digest.hex != hash {
          throw FileError(
            path: old.path,
            reason: "was edited: its first \(length) bytes are not what the run wrote")
        }
      }
    }
    file = try AppendedFile(continuing: name, in: directory, at: length)
  }

  var length: Int { file.length }
  var hash: String { digest.hex }

  func append(_ bytes: [UInt8]) throws(FileError) {
    try file.append(bytes)
    digest.add(bytes)
  }

  /// Appends a line and its line break.
  func append(line: [UInt8]) throws(FileError) { try append(line + [UInt8(ascii: "\n")]) }

  func synchronize() throws(FileError) { try file.synchronize() }
}

@available(*, unavailable)
extension GrowingFile: Sendable {}
