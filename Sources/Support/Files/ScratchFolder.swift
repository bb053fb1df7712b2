import FoundationEssentials
import Glibc

/// A private folder for files of the moment, removed with everything in it on deinitialisation.
package final class ScratchFolder: Sendable {
  package let path: String

  /// - Parameters:
  ///   - purpose: the beginning of its name, after `runner-`.
  ///   - parent: the folder that it is created in.
  /// - Throws: ``FileError`` if it cannot be created.
  package init(_ purpose: String, in parent: String = defaultParent) throws(FileError) {
    var template = Array("\(parent)/runner-\(purpose)-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw FileError(path: parent, attempt: "create a folder in it", code: errno)
    }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// `$TMPDIR`, or `/tmp`.
  package static var defaultParent: String {
    getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
  }

  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file without synchronising it to disk, since it is temporary.
  package func write(_ bytes: some Sequence<UInt8>, to name: String) throws(FileError) {
    let path = file(name)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError(path: path, attempt: "create it", code: errno) }
    defer { close(descriptor) }
    try AtomicFile.append(bytes, to: descriptor, path: path)
  }

  deinit {
    // What is left behind in the temporary directory does no harm.
    try? FileManager.default.removeItem(atPath: path)
  }
}
