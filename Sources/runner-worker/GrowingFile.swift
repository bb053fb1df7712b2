import Files

/// A file that grows during training, with the hash of its contents. Checkpoints record its length
/// and hash, so that edits after an interruption are detected.
final class GrowingFile {
  private let file: AppendedFile
  private var digest = RunningDigest()

  /// Opens the file for appending.
  ///
  /// - Parameters:
  ///   - length: the file is truncated to this many bytes.
  ///   - hash: the expected hash of these bytes; `nil` if unknown.
  /// - Throws: ``FileError``, also if the file is shorter than `length` or its contents differ from
  ///   `hash`.
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
            reason: "was edited: its first \(length) bytes do not match what the run wrote")
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

  /// Appends a line, followed by a line break.
  func append(line: [UInt8]) throws(FileError) { try append(line + [UInt8(ascii: "\n")]) }

  func synchronize() throws(FileError) { try file.synchronize() }
}

@available(*, unavailable)
extension GrowingFile: Sendable {}
