import Files
import Glibc

/// Pages of a command, which replace only pages of the same command: a comment near the beginning of each tells them
/// from other files.
package struct MarkedPage: Sendable {
  /// Such as `runner explain`.
  private let command: String
  /// What to choose where there is another file: `folder` or `name`.
  private let place: String

  package init(of command: String, else place: String) {
    self.command = command
    self.place = place
  }

  /// Occurs near the beginning of every page.
  package var mark: String { "<!-- \(command) -->" }

  /// The beginning of a template of such pages, up to the end of the head.
  package var head: String {
    "{{% CONTENT_TYPE: \(HTMLText.name)}}"
      + PageHead.text.replacing("<head>", with: "<head>\n" + mark, maxReplacements: 1)
  }

  /// Whether a file is such a page.
  ///
  /// - Throws: ``FileError`` if it cannot be read.
  package func isAt(_ path: String) throws(FileError) -> Bool {
    let bytes = try FileReading.bytes(of: path, limit: 1 << 28)
    return String(decoding: bytes.prefix(256), as: UTF8.self).contains(mark)
  }

  /// Checks that a page can be written without replacing a file of another kind.
  ///
  /// - Throws: ``FileError`` if there is such a file, or it cannot be read.
  package func check(_ path: String) throws(FileError) {
    let isOurs: Bool
    do throws(FileError) {
      isOurs = try isAt(path)
    } catch {
      if error.code == ENOENT { return }
      throw error
    }
    guard isOurs else {
      throw FileError(
        path: path,
        reason:
          "already exists and is not a page of '\(command)'; remove it or choose another \(place)")
    }
  }

  /// Of `runner explain`.
  package static let explanation = MarkedPage(of: "runner explain", else: "folder")
}
