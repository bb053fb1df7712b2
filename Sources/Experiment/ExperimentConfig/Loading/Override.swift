import Diagnostics
import YAMLSyntax

/// A command-line override: `key=value`, `+key=value` or `~key`.
struct Override {
  enum Action {
    case set, add, remove
  }

  var action: Action
  var key: String
  var keyRange: SourceRange
  var value: YAMLNode?

  /// Parses one argument, reporting any problem.
  init?(_ argument: String, diagnostics: DiagnosticCollector) {
    let file = SourceFile(name: "command line", text: argument, kind: .commandLine)
    func range(_ from: Int, _ to: Int) -> SourceRange {
      SourceRange(
        file: file, start: Position(line: 1, column: from + 1),
        end: Position(line: 1, column: to + 1))
    }
    var rest = argument[...]
    var action = Action.set
    if rest.first == "+" { action = .add }
    if rest.first == "~" { action = .remove }
    if action != .set { rest.removeFirst() }
    let keyText = String(rest.prefix { $0 != "=" })
    let lead = action == .set ? 0 : 1
    let keyEnd = lead + keyText.unicodeScalars.count
    keyRange = range(lead, keyEnd)
    key = keyText
    self.action = action
    if keyText.isEmpty {
      diagnostics.error("an override needs a key before '='", at: range(0, 1))
      return nil
    }
    let hasValue = rest.utf8.count > keyText.utf8.count
    if action == .remove {
      if hasValue {
        diagnostics.error(
          "'~\(keyText)' takes no value", at: keyRange, hint: "write ~\(keyText)")
        return nil
      }
      return
    }
    guard hasValue else {
      diagnostics.error(
        "'\(keyText)' is neither an override nor an option", at: keyRange,
        hint: "write \(keyText)=value")
      return nil
    }
    let text = String(rest.dropFirst(keyText.count + 1))
    let start = Position(line: 1, column: keyEnd + 2)
    if text.allSatisfy({ $0 == " " }) {
      value = YAMLNode(scalar: "", at: SourceRange(file: file, start: start, end: start))
      return
    }
    value = YAMLParser.parse(file, text: text, at: start, into: diagnostics)
    if value == nil { return nil }
  }

  /// Applies this override to the tree.
  ///
  /// - Returns: the path that the key refers to; `nil` if it cannot be applied, once the reason has
  ///   been reported.
  func apply(
    to root: inout YAMLNode, catalog: Catalog, diagnostics: DiagnosticCollector,
    history: inout [String: [Superseded]]
  ) -> [String]? {
    guard let path = locate(in: root, catalog: catalog, diagnostics: diagnostics) else {
      return nil
    }
    let type = SchemaType.record(ExperimentSchema.root)
    let old = Superseded.find(path, in: root)
    do throws(TreeEditing.Failure) {
      let mains = (root["blocks"]?.mapping ?? []).compactMap { block in
        block.value["parameters"]?.mapping?.first.map { (block.key, $0.key) }
      }
      let editing = TreeEditing(
        catalog: catalog, mainParameters: Dictionary(mains) { first, _ in first })
      let edited =
        try editing
        .set(path[...], to: value, in: root, as: type, at: keyRange)
      if let old { history[path.joined(separator: "."), default: []].append(old) }
      if let edited { root = edited }
      return path
    } catch {
      diagnostics.error(error.message, at: keyRange, hint: error.hint)
      return nil
    }
  }

  /// The full path that the key refers to; `nil` once the reason has been reported.
  func locate(
    in root: YAMLNode, catalog: Catalog, diagnostics: DiagnosticCollector
  ) -> [String]? {
    let parts = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if key == "extends" {
      diagnostics.error("'extends' cannot be overridden", at: keyRange)
      return nil
    }
    if action == .add { return parts }
    let paths = PathCatalog(catalog: catalog)
    let type = SchemaType.record(ExperimentSchema.root)
    let present = paths.present(in: root, as: type)
    if present.contains(parts) { return parts }
    let alternatives = paths.alternatives(in: type)
    // `sgd.momentum` names its optimizer; `momentum` alone would silently replace the optimizer.
    for candidates in [present, parts.count > 1 ? alternatives : []] {
      let best = Self.shortest(parts, among: candidates)
      if best.count == 1 { return best[0] }
      if best.count > 1 {
        diagnostics.error(
          "'\(key)' is ambiguous", at: keyRange, hint: "it could be \(Self.list(best))")
        return nil
      }
    }
    let longer = present.first { Self.leavesOut(parts, of: $0) }
    if longer == nil, parts.count > 1, ExperimentSchema.root[parts[0]] != nil { return parts }
    let elsewhere = Self.shortest(parts, among: alternatives)
    let names = Set(present.flatMap { [$0.last ?? "", $0.joined(separator: ".")] })
    diagnostics.error(
      "no key '\(key)' in this experiment", at: keyRange,
      hint: longer.map { "did you mean '\($0.joined(separator: "."))'?" }
        ?? (elsewhere.isEmpty
          ? Suggestion.hint(for: key, among: names.sorted())
          : "to select a component that has it, write \(Self.list(elsewhere))"))
    return nil
  }

  /// The shortest paths that end with `parts`: `dropout` refers to the layer itself rather than to
  /// something inside one.
  private static func shortest(_ parts: [String], among paths: [[String]]) -> [[String]] {
    let matches = paths.filter { $0.count >= parts.count && $0.suffix(parts.count) == parts[...] }
    let count = matches.map(\.count).min() ?? 0
    return matches.filter { $0.count == count }
  }

  private static func list(_ paths: [[String]]) -> String {
    paths.prefix(6).map { $0.joined(separator: ".") }.joined(separator: ", ")
      + (paths.count > 6 ? ", …" : "")
  }

  /// Whether `parts` is `path` with some keys left out, such as `optimizer.lr` for
  /// `optimizer.adam.lr`.
  private static func leavesOut(_ parts: [String], of path: [String]) -> Bool {
    guard parts.count > 1, path.count > parts.count, path.last == parts.last else { return false }
    var rest = parts[...]
    for part in path where part == rest.first { rest = rest.dropFirst() }
    return rest.isEmpty
  }
}

/// A value that was replaced later, for `--explain`.
package struct Superseded: Sendable {
  package let text: String
  package let range: SourceRange

  static func find(_ path: [String], in root: YAMLNode) -> Superseded? {
    guard let node = YAMLPath.node(at: path, in: root, emptyArguments: false) else { return nil }
    return Superseded(text: node.scalar?.text ?? node.kindDescription, range: node.range)
  }
}
