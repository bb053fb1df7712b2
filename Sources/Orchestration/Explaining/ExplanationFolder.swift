import Diagnostics
import RunRecord

/// Checks of the folder that `runner explain` writes to.
enum ExplanationFolder {
  /// - Throws: ``InputError`` if it is a file, or a run.
  static func check(_ folder: String) throws(InputError) {
    if RunCatalog.isFile("\(folder)/run.json") {
      throw InputError(
        "'\(folder)' is a run directory, whose files are the record of that run",
        hint: "write elsewhere: --output FOLDER")
    }
    if RunCatalog.isFile(folder) {
      throw InputError("'\(folder)' is a file, expected a folder", hint: "--output FOLDER")
    }
  }
}
