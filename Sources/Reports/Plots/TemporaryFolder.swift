import Files
import Glibc

/// A folder of this process alone, for files that pass between it and gnuplot.
final class TemporaryFolder: Sendable {
  let path: String

  /// - Throws: ``FileError`` where none can be made in `parent`.
  init(in parent: String) throws(FileError) {
    var template = Array("\(parent)/runner-plots-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw FileError(path: parent, attempt: "create a folder in it", code: errno)
    }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Not forced to the disk, which nothing here outlives.
  func write(_ bytes: some Sequence<UInt8>, to name: String) throws(FileError) {
    let path = file(name)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError(path: path, attempt: "create it", code: errno) }
    defer { close(descriptor) }
    try AtomicFile.append(bytes, to: descriptor, path: path)
  }

  deinit {
    // A file that stays behind in the system's folder for such files harms nobody.
    for name in (try? FolderListing.names(in: path)) ?? [] { unlink(file(name)) }
    rmdir(path)
  }
}
