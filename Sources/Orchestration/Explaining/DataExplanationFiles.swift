import Diagnostics
import Files
import Report
import RunRecord

/// Files about data and tables in the folder that `runner explain` writes to: a page and tables of numbers.
struct DataExplanationFiles {
  private let folder: String
  private let name: String

  /// - Parameter name: of the files, without an ending.
  /// - Throws: ``InputError`` if files of others would be replaced there, or of a run.
  init(_ folder: String, name: String) throws {
    self.folder = folder
    self.name = name
    try ExplanationFolder.check(folder)
    try MarkedPage.explanation.check(page)
    // Tables without the page beside them are not this program's.
    guard !RunCatalog.isThere(page) else { return }
    let names = try FolderListing.names(in: folder) ?? []
    if let other = names.first(where: { $0.hasPrefix(name) && $0.hasSuffix(".csv") }) {
      throw InputError(
        "the folder '\(folder)' already has a file '\(other)'",
        hint: "name a new folder: --output FOLDER")
    }
  }

  /// The path of the page.
  var page: String { "\(folder)/\(name).html" }

  /// Writes the tables, and the page last.
  ///
  /// - Parameter tables: by what is appended to the name, such as `-importances`.
  /// - Returns: the paths of the tables, in the same order.
  func write(page text: String, tables: [(suffix: String, text: String)]) throws -> [String] {
    try AtomicFile.createFolder(folder)
    var paths: [String] = []
    for table in tables {
      let path = "\(folder)/\(name)\(table.suffix).csv"
      try AtomicFile.write(table.text, to: path)
      paths.append(path)
    }
    try AtomicFile.write(text, to: page)
    return paths
  }
}
