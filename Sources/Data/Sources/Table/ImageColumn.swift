import DataSchema
import Diagnostics
import ExperimentConfig

/// The column of a table that names images, and how these are read.
struct ImageColumn: Hashable, Sendable {
  let name: String
  /// The folder or archive that the paths start from; `nil` for the table's folder.
  let root: String?
  /// Added to every path.
  let suffix: String
  /// 3 for colour, 1 for grey.
  let channels: Int

  /// - Returns: `nil` if no column names images.
  /// - Throws: `InputError` with the place of an argument that needs such a column, or does not fit it.
  init?(_ arguments: Arguments, in environment: DataEnvironment) throws {
    guard let name = arguments.word("image") else {
      for key in ["images", "suffix", "color"] where arguments.has(key) {
        throw InputError(
          "'\(key)' is for a table of images", at: arguments.range(key),
          hint: "'image' names the column with their paths")
      }
      return nil
    }
    self.name = name
    root = arguments.has("images") ? environment.absolute(try arguments.string("images")) : nil
    suffix = arguments.word("suffix") ?? ""
    channels = arguments.word("color") == "grey" ? 1 : 3
    let impute = try arguments.record("impute")
    let isImputed = ["numbers", "categories"].contains { impute.word($0) != "error" }
    let unfitting = [
      "features": arguments.has("features"), "impute": isImputed,
      "standardize": !(try arguments.boolean("standardize")),
    ]
    for key in ["features", "impute", "standardize"] where unfitting[key] == true {
      throw InputError(
        "'\(key)' has no effect if the model is given the images of column '\(name)'",
        at: arguments.range(key), hint: "remove it, or remove 'image'")
    }
  }

  /// What the paths of a table start from.
  func root(ofTable path: String) -> String { root ?? Self.folder(of: path) }

  /// The folder that a file is in.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
