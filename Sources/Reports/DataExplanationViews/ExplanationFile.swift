import Files
import Glibc

/// Files of `runner explain` about data and tables.
package enum ExplanationFile {
  /// Occurs near the beginning of every page, so that one can be recognised.
  package static let mark = "<!-- runner explain -->"

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
          "already exists and is not a page of 'runner explain'; remove it or choose another folder"
      )
    }
  }
}
