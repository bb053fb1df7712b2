import Diagnostics
import FoundationEssentials
import YAMLSyntax

extension SchemaChecker {
  /// Parses a scalar as `type`.
  func content(
    _ scalar: YAMLScalar, _ type: SchemaType, _ label: String, _ range: SourceRange
  ) throws(ScalarTyping.Failure) -> Resolved.Content {
    switch type {
    case .integer(let limits):
      return .integer(try ScalarTyping.integer(scalar, limits, label: label))
    case .number(let limits): return .number(try ScalarTyping.number(scalar, limits, label: label))
    case .boolean: return .boolean(try ScalarTyping.boolean(scalar, label: label))
    case .string(let rule): return .string(try ScalarTyping.string(scalar, rule, label: label))
    case .choice(let choices):
      return .string(try ScalarTyping.choice(scalar, choices, label: label))
    case .path:
      let text = try ScalarTyping.string(scalar, .any, label: label)
      if text.isEmpty {
        throw ScalarTyping.Failure(message: "expected a path for '\(label)', found ''")
      }
      return .path(PathResolution.absolute(text, mentionedIn: range.file))
    default: throw ScalarTyping.Failure(message: "expected \(type.description) for '\(label)'")
    }
  }

  func oneOf(
    _ alternatives: [SchemaType], _ node: YAMLNode, _ type: SchemaType, _ label: String
  ) -> Resolved? {
    let alternatives = Self.flattened(alternatives)
    let fitting = alternatives.filter { $0.fits(node) }
    guard let scalar = node.scalar, !node.isNull, fitting.count > 1 else {
      if let only = fitting.first, !node.isNull { return check(node, as: only, label: label) }
      return mismatch(node, type, label)
    }
    var range: ScalarTyping.Failure?
    for alternative in fitting {
      do throws(ScalarTyping.Failure) {
        return Resolved(
          try content(scalar, alternative, label, node.range), origin(of: node))
      } catch {
        if error.isRange { range = range ?? error }
      }
    }
    if let range {
      diagnostics.error(range.message, at: node.range, hint: range.hint)
      return nil
    }
    let words = alternatives.flatMap { alternative -> [String] in
      if case .choice(let choices) = alternative { choices } else { [] }
    }
    return mismatch(node, type, label, hint: Suggestion.hint(for: scalar.text, among: words))
  }

  /// Flattens nested alternatives into one list.
  private static func flattened(_ alternatives: [SchemaType]) -> [SchemaType] {
    alternatives.flatMap { alternative -> [SchemaType] in
      if case .oneOf(let inner) = alternative { flattened(inner) } else { [alternative] }
    }
  }

  func mismatch(
    _ node: YAMLNode, _ type: SchemaType, _ label: String, hint: String? = nil
  ) -> Resolved? {
    diagnostics.error(
      "expected \(type.description) for '\(label)', found \(node.kindDescription)", at: node.range,
      hint: hint ?? remedy(for: node, type))
    return nil
  }

  private func remedy(for node: YAMLNode, _ type: SchemaType) -> String? {
    switch (type, node.content) {
    case (.integer, .sequence), (.number, .sequence), (.boolean, .sequence), (.choice, .sequence):
      return "give one value"
    case (.list, .scalar(let scalar)) where !node.isNull && scalar.text.count < 30:
      return "write [\(scalar.text)]"
    case (.record(let schema), _): return spaceOrKeys(node, [schema])
    case (.variants(let schemas), _): return spaceOrKeys(node, schemas)
    default: return nil
    }
  }

  /// A hint for `epochs:5`, which is text in YAML, unlike `epochs: 5`; otherwise the list of keys.
  private func spaceOrKeys(_ node: YAMLNode, _ schemas: [RecordSchema]) -> String? {
    let names = schemas.flatMap(\.fields).map(\.name)
    return node.scalar.flatMap { Self.missingSpace($0.text, names) } ?? Self.keys(of: schemas)
  }

  private static func keys(of schemas: [RecordSchema]) -> String? {
    var names: [String] = []
    for field in schemas.flatMap(\.fields) where !names.contains(field.name) {
      names.append(field.name)
    }
    return names.isEmpty ? nil : "its keys are " + names.prefix(12).joined(separator: ", ")
  }

  func acceptsEmpty(_ type: SchemaType, _ scalar: YAMLScalar) -> Bool {
    if case .string(.any) = type { return scalar.text.isEmpty || scalar.text == "~" }
    return false
  }
}

extension SchemaType {
  /// Whether a node has the form (scalar, list, mapping) that this type requires.
  func fits(_ node: YAMLNode) -> Bool {
    switch self {
    case .integer, .number, .boolean, .string, .choice, .path: node.scalar != nil
    case .list: node.sequence != nil
    case .layers: true
    case .record, .variants, .blocks, .sweepParameters: node.mapping != nil
    case .component: node.sequence == nil
    case .oneOf(let alternatives): alternatives.contains { $0.fits(node) }
    }
  }

  /// For example `an integer` or `a list`, for messages and documentation.
  package var description: String {
    switch self {
    case .integer: "an integer"
    case .number: "a number"
    case .boolean: "true or false"
    case .string: "a string"
    case .choice(let choices): ScalarTyping.alternatives(choices)
    case .path: "a path"
    case .list(_, let count) where count.count == 1: "a list of \(count.lowerBound)"
    case .list: "a list"
    case .layers: "a model"
    case .record, .variants, .blocks, .sweepParameters: "a mapping"
    case .component(let kind): kind.withArticle
    case .oneOf(let alternatives):
      Self.joined(
        alternatives.flatMap { alternative -> [String] in
          if case .choice(let choices) = alternative { return choices.map { "'\($0)'" } }
          return [alternative.description]
        })
    }
  }

  /// For example `a`, `a or b` or `a, b or c`.
  private static func joined(_ words: [String]) -> String {
    words.count < 2
      ? words.joined()
      : words.dropLast().joined(separator: ", ") + " or " + words[words.count - 1]
  }
}

/// Resolves relative paths.
package enum PathResolution {
  /// The absolute path: relative to the file that names it, or to the working directory for the
  /// command line; `~` is the home directory.
  package static func absolute(_ path: String, mentionedIn file: SourceFile) -> String {
    var text = path
    if text == "~" || text.hasPrefix("~/") {
      text = FileManager.default.homeDirectoryForCurrentUser.path + text.dropFirst(1)
    }
    if !text.hasPrefix("/"), file.kind == .file, let slash = file.name.lastIndex(of: "/") {
      text = file.name[...slash] + text
    }
    if !text.hasPrefix("/") { text = FileManager.default.currentDirectoryPath + "/" + text }
    return normalised(text)
  }

  /// The absolute path of one given on the command line or by the program.
  package static func absolute(_ path: String) -> String {
    absolute(path, mentionedIn: SourceFile(name: "", text: "", kind: .commandLine))
  }

  /// The working directory, to which paths on the command line are relative.
  package static var workingDirectory: String { FileManager.default.currentDirectoryPath }

  /// The path without `.`, `..` and repeated slashes.
  static func normalised(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}
