import Diagnostics
import ExperimentConfig
import RunRecord
import YAMLSyntax

/// The `resolved.yaml` of a run: each value, with its origin in the trailing comment. It is read as
/// a tree rather than as an experiment so that runs of other versions can be compared.
package struct ConfigurationTree: Sendable {
  let root: YAMLNode
  private let source: SourceFile

  /// - Throws: ``InputError`` or ``FileError`` if the file is missing or not YAML.
  package init(of run: RunDirectory) throws {
    let name = "resolved.yaml"
    try self.init(
      SourceFile.decode(run.bytes(of: name, limit: 8 << 20), name: run.file(name)))
  }

  package init(_ source: SourceFile) throws {
    let diagnostics = DiagnosticCollector()
    guard let root = YAMLParser.parse(source, into: diagnostics), root.mapping != nil else {
      throw InputError(diagnostics.sorted)
    }
    self.root = root
    self.source = source
  }

  /// Where a value came from: `file.yaml:3:7`, `command line: lr=1` or `default`. For a compound
  /// value, the first origin among its parts that is not a default.
  func origin(of node: YAMLNode) -> String {
    var origins: [String] = []
    func collect(_ node: YAMLNode) {
      switch node.content {
      case .scalar: origins.append(comment(onLine: node.range.start.line))
      case .sequence(let items):
        if items.allSatisfy({ $0.scalar != nil }) {
          origins.append(comment(onLine: node.range.start.line))
        } else {
          items.forEach(collect)
        }
      case .mapping(let entries): entries.forEach { collect($0.value) }
      }
    }
    collect(node)
    let known = origins.filter { !$0.isEmpty }
    return known.first { $0 != "default" } ?? known.first ?? ""
  }

  /// The text after the first `#` that is outside quotation marks and preceded by a space.
  private func comment(onLine number: Int) -> String {
    var quoted = false
    var escaped = false
    var before: Unicode.Scalar = " "
    let line = source.line(number).unicodeScalars
    for index in line.indices {
      let scalar = line[index]
      if escaped {
        escaped = false
      } else if quoted, scalar == "\\" {
        escaped = true
      } else if scalar == "\"" {
        quoted.toggle()
      } else if scalar == "#", !quoted, before == " " {
        return String(line[line.index(after: index)...].drop { $0 == " " })
      }
      before = scalar
    }
    return ""
  }
}

extension YAMLNode {
  /// The value on one line, such as `[0.9, 0.999]` or `{validation: 0.2}`. Equal values have equal
  /// text.
  var oneLine: String {
    switch content {
    case .scalar(let scalar): return isNull ? "null" : scalar.text
    case .sequence(let items): return "[\(items.map(\.oneLine).joined(separator: ", "))]"
    case .mapping(let entries):
      return "{\(entries.map { "\($0.key): \($0.value.oneLine)" }.joined(separator: ", "))}"
    }
  }

  /// Whether two values are equivalent: numbers by value, everything else by text.
  func means(_ other: YAMLNode) -> Bool {
    switch (content, other.content) {
    case (.scalar(let a), .scalar(let b)):
      if a.text == b.text { return true }
      guard a.style == .plain, b.style == .plain, let a = Double(a.text), let b = Double(b.text)
      else { return false }
      return a == b
    case (.sequence(let a), .sequence(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { $0.means($1) }
    case (.mapping(let a), .mapping(let b)):
      return a.count == b.count
        && a.allSatisfy { entry in
          b.first { $0.key == entry.key }.map { entry.value.means($0.value) } ?? false
        }
    default: return false
    }
  }
}

/// A component as `resolved.yaml` writes it: a name alone, or a name with its arguments, and for a
/// layer also `name:` and `from:`.
struct ComponentNode {
  let name: String
  let arguments: YAMLNode?
  let attributes: [YAMLEntry]
  let node: YAMLNode

  init?(_ node: YAMLNode) {
    self.node = node
    if let scalar = node.scalar {
      name = scalar.text
      arguments = nil
      attributes = []
      return
    }
    guard let entries = node.mapping else { return nil }
    let own = entries.filter { !ModelNode.attributes.contains($0.key) }
    guard own.count == 1 else { return nil }
    name = own[0].key
    arguments = own[0].value.isNull ? nil : own[0].value
    attributes = entries.filter { ModelNode.attributes.contains($0.key) }
  }

  /// For example `adam(lr=0.001, betas=[0.9, 0.999])`.
  var text: String {
    let values: [String] =
      switch arguments?.content {
      case nil: []
      case .mapping(let entries)?: entries.map { "\($0.key)=\($0.value.oneLine)" }
      case .sequence?, .scalar?: [arguments?.oneLine ?? ""]
      }
    let extra = attributes.map { " \($0.key) \($0.value.oneLine)" }.joined()
    return (values.isEmpty ? name : "\(name)(\(values.joined(separator: ", ")))") + extra
  }
}
