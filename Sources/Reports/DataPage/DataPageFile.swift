import Files
import Glibc

extension DataPage {
  /// Occurs near the beginning of every page, so that one can be recognised.
  static let mark = "<!-- runner data -->"

  /// Where the page of an experiment is written if no place is given: beside it, `pets.data.html` for `pets.yaml`.
  package static func path(forExperiment path: String) -> String {
    for ending in [".yaml", ".yml"] where path.hasSuffix(ending) {
      return path.dropLast(ending.count) + ".data.html"
    }
    return path + ".data.html"
  }

  /// Checks that a page can be written without replacing a file of another kind.
  ///
  /// - Throws: ``FileError`` if there is such a file, or it cannot be read.
  package static func check(_ path: String) throws(FileError) {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try FileReading.bytes(of: path, limit: 1 << 28)
    } catch {
      if error.code == ENOENT { return }
      throw error
    }
    guard String(decoding: bytes.prefix(256), as: UTF8.self).contains(mark) else {
      throw FileError(
        path: path,
        reason:
          "already exists and is not a page of 'runner data'; remove it or choose another name")
    }
  }

  /// Writes a page.
  ///
  /// - Throws: ``FileError`` as ``check(_:)``, or if it cannot be written.
  package static func write(_ page: String, to path: String) throws(FileError) {
    try check(path)
    try AtomicFile.write(page, to: path)
  }
}
