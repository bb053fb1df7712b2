import Files
import Report

extension DataPage {
  /// How its files are recognised.
  static let file = MarkedPage(of: "runner data", else: "name")

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
    try file.check(path)
  }

  /// Writes a page.
  ///
  /// - Throws: ``FileError`` as ``check(_:)``, or if it cannot be written.
  package static func write(_ page: String, to path: String) throws(FileError) {
    try check(path)
    try AtomicFile.write(page, to: path)
  }
}
