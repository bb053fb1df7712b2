import Diagnostics
import ExperimentConfig
import Planning

extension ComponentText {
  /// The components in whose names and documentation every word of `text` occurs, in any case, by kind; below each the
  /// arguments in which every word occurs.
  ///
  /// - Parameter others: components that no experiment names, such as formats of exports.
  /// - Throws: ``InputError`` if there are none.
  package static func search(_ text: String, others: [OtherComponents] = []) throws -> String {
    let words = words(text)
    let kinds =
      ComponentKind.allCases.map { ($0.description, Catalog.standard.all($0)) }
      + others.map { ($0.kind, $0.schemas) }
    let found = kinds.compactMap { kind, schemas -> String? in
      let entries = schemas.compactMap { entry($0, words) }
      return entries.isEmpty ? nil : "\(kind)\n" + entries.joined()
    }
    if words.isEmpty || found.isEmpty {
      throw InputError(
        "no component says anything about '\(text)'",
        hint: "every word has to occur; 'runner describe' lists all")
    }
    return found.joined(separator: "\n")
  }

  private static func entry(_ schema: ComponentSchema, _ words: [String]) -> String? {
    func line(_ name: String, _ doc: String, indent: Int) -> String {
      let lead = String(repeating: " ", count: indent) + name + "  "
      return lead + WrappedText.wrap(doc, indent: lead.count) + "\n"
    }
    let arguments = schema.arguments.fields.filter { contains([$0.name, $0.doc], words) }
    let own = [schema.name, schema.doc] + schema.aliases
    guard !arguments.isEmpty || contains(own, words) else { return nil }
    return line(schema.name, schema.doc, indent: 2)
      + arguments.map { line("\($0.name):", $0.doc, indent: 6) }.joined()
  }

  /// Whether every word begins a word of some of the texts.
  private static func contains(_ texts: [String], _ wanted: [String]) -> Bool {
    let known = texts.flatMap(words)
    return wanted.allSatisfy { word in known.contains { $0.hasPrefix(word) } }
  }

  private static func words(_ text: String) -> [String] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }
}
