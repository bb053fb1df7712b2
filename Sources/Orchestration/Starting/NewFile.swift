import Diagnostics
import Files
import Glibc

/// Writes a file that must not exist yet.
enum NewFile {
  /// - Parameters:
  ///   - path: from the root.
  ///   - shown: what the user calls the file.
  /// - Throws: `InputError` if it exists, also if another process makes it at the same moment; `FileError` if it
  ///   cannot be written.
  static func write(_ text: String, to path: String, shown: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      if errno == EEXIST { throw exists(shown) }
      throw FileError(path: path, attempt: "create it", code: errno)
    }
    defer { close(descriptor) }
    do {
      try AtomicFile.append(text.utf8, to: descriptor, path: path)
    } catch {
      // A part of an experiment is of no use.
      unlink(path)
      throw error
    }
  }

  static func exists(_ shown: String) -> InputError {
    InputError(
      "'\(InitText.oneLine(shown))' already exists and is not overwritten",
      hint: "choose another file: runner init … other.yaml")
  }
}
