import Files
import Glibc

/// A private temporary folder for the files exchanged with gnuplot, removed on deinitialisation.
final class TemporaryFolder: Sendable {
  let path: String

  /// - Throws: ``FileError`` if it cannot be created in `parent`.
  init(in parent: String) throws(FileError) {
    var template = Array("\(parent)/runner-plots-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw FileError(path: parent, attempt: "create a folder in it", code: errno)
    }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file without synchronising it to disk, since it is temporary.
  func write(_ bytes: some Sequence<UInt8>, to name: String) throws(FileError) {
    let path = file(name)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError(path: path, attempt: "create it", code: errno) }
    defer { close(descriptor) }
    try AtomicFile.append(bytes, to: descriptor, path: path)
  }

  deinit {
    // A file left behind in the temporary directory does no harm.
    for name in (try? FolderListing.names(in: path)) ?? [] { unlink(file(name)) }
    rmdir(path)
  }
}
