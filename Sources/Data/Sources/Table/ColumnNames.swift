import DataSchema
import Diagnostics
import ExperimentConfig
import Tables

/// The columns that an experiment names, with their places in it.
struct ColumnNames {
  private struct Mention {
    let name: String
    let key: String
    let range: SourceRange?
  }

  private let mentions: [Mention]

  /// Arguments that give a column its use; one column has one use.
  private static let roles = ["target", "image", "features", "ignore", "split"]
  /// Arguments that say what type a column has.
  private static let types = ["numbers", "categories"]

  init(_ arguments: Arguments) throws {
    var mentions: [Mention] = []
    for key in Self.roles + Self.types where arguments.has(key) {
      if let word = arguments.word(key) {
        mentions.append(Mention(name: word, key: key, range: arguments.range(key)))
        continue
      }
      for item in try arguments.list(key) {
        mentions.append(Mention(name: try item.string(), key: key, range: item.range))
      }
    }
    self.mentions = mentions
  }

  /// Where a column is named; `nil` if it is not.
  func range(of name: String) -> SourceRange? {
    mentions.first { $0.name == name }.flatMap(\.range)
  }

  /// Checks that no column is named for two uses or as of two types.
  ///
  /// - Throws: `InputError` with all places.
  func checkUses() throws {
    var diagnostics: [Diagnostic] = []
    for group in [Self.roles, Self.types] {
      var keys: [String: String] = [:]
      for mention in mentions where group.contains(mention.key) {
        guard let first = keys.updateValue(mention.key, forKey: mention.name) else { continue }
        diagnostics.append(
          Diagnostic(
            .error,
            first == mention.key
              ? "column '\(mention.name)' is listed twice in '\(first)'"
              : "column '\(mention.name)' is listed in '\(first)' and in '\(mention.key)'",
            at: mention.range))
      }
    }
    if !diagnostics.isEmpty { throw InputError(diagnostics) }
  }

  /// Checks that the file has all of the columns.
  ///
  /// - Throws: `InputError` with the place of each that it lacks.
  func check(against names: [String], path: String) throws {
    let known = Set(names)
    let shown =
      names.prefix(12).map { "'\($0)'" }.joined(separator: ", ")
      + (names.count > 12 ? " and \(names.count - 12) more" : "")
    let diagnostics = mentions.filter { !known.contains($0.name) }.map { mention in
      // A name of one letter is near every other.
      let hint =
        mention.name.count > 1 ? Suggestion.hint(for: mention.name, among: names) : nil
      return Diagnostic(
        .error, "\(path) has no column '\(mention.name)'", at: mention.range,
        hint: hint ?? "its columns are \(shown)")
    }
    if !diagnostics.isEmpty { throw InputError(diagnostics) }
  }
}
