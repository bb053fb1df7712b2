import Diagnostics
import YAMLSyntax

/// Replaces `${path.to.key}` and `${env:VAR,default}` in a whole tree.
final class Interpolation {
  /// A text that grows beyond this while references are put in is an attack.
  static let maximumLength = 10_000

  private let root: YAMLNode
  private let environment: [String: String]
  private let diagnostics: DiagnosticCollector
  private let limits = YAMLLimits()
  private var known: [String: YAMLNode] = [:]
  private var open: [String] = []
  private var nodes = 0

  private init(_ root: YAMLNode, _ environment: [String: String], _ diagnostics: DiagnosticCollector)
  {
    self.root = root
    self.environment = environment
    self.diagnostics = diagnostics
  }

  static func apply(
    to root: YAMLNode, environment: [String: String], diagnostics: DiagnosticCollector
  ) -> YAMLNode {
    Interpolation(root, environment, diagnostics).resolve(root, path: [])
  }

  private func resolve(_ node: YAMLNode, path: [String], parameters: Set<String> = []) -> YAMLNode {
    switch node.content {
    case .sequence(let items):
      let resolved = items.enumerated().map {
        resolve($0.element, path: path + [String($0.offset)], parameters: parameters)
      }
      return YAMLNode(.sequence(resolved), at: node.range)
    case .mapping(let entries):
      let resolved = entries.map { entry in
        // A block's own parameters are put in where the block is used.
        let inner =
          path == ["blocks"] ? BlockDefinition.parameterNames(entry.value) : parameters
        return YAMLEntry(
          key: entry.key, keyRange: entry.keyRange,
          value: resolve(entry.value, path: path + [entry.key], parameters: inner))
      }
      return YAMLNode(.mapping(resolved), at: node.range)
    case .scalar(let scalar):
      guard let template = Template(scalar.text) else { return node }
      return resolve(template, scalar, node, parameters)
    }
  }

  private func resolve(
    _ template: Template, _ scalar: YAMLScalar, _ node: YAMLNode, _ parameters: Set<String>
  ) -> YAMLNode {
    if template.isUnclosed {
      diagnostics.error("'${' without its '}'", at: node.range, hint: "write $${ for the text itself")
      return node
    }
    if let name = template.single {
      if parameters.contains(name) { return node }
      return value(of: name, at: node.range) ?? node
    }
    var text = ""
    for segment in template.segments {
      switch segment {
      case .literal(let part): text += part
      case .reference(let name):
        if parameters.contains(name) {
          text += "${\(name)}"
        } else if let value = value(of: name, at: node.range) {
          guard let part = value.scalar?.text else {
            diagnostics.error(
              "'\(name)' is \(value.kindInWords) and cannot be part of a text", at: node.range)
            return node
          }
          text += part
        }
      }
      if text.utf8.count > Self.maximumLength {
        diagnostics.error("the text grows too long through its references", at: node.range)
        return node
      }
    }
    return YAMLNode(.scalar(YAMLScalar(text: text, style: scalar.style)), at: node.range)
  }

  private func value(of reference: String, at range: SourceRange) -> YAMLNode? {
    if reference.hasPrefix("env:") { return environmentValue(reference, at: range) }
    let path = reference.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if open.contains(reference) {
      let cycle = (open.drop { $0 != reference } + [reference]).joined(separator: " → ")
      diagnostics.error("the references go in a circle: \(cycle)", at: range)
      return nil
    }
    if let value = known[reference] { return spend(value, at: range) }
    guard let target = find(path) else {
      diagnostics.error(
        "nothing is written at '\(reference)'", at: range,
        hint: Suggestion.hint(for: reference, among: paths(root, [], depth: 0)))
      return nil
    }
    if open.count >= limits.depth {
      diagnostics.error("references more than \(limits.depth) deep", at: range)
      return nil
    }
    open.append(reference)
    var value = resolve(target, path: path)
    open.removeLast()
    if value.scalar != nil { value.range = range }
    known[reference] = value
    return spend(value, at: range)
  }

  private func spend(_ value: YAMLNode, at range: SourceRange) -> YAMLNode? {
    nodes += min(value.count, limits.nodes + 1)
    if nodes <= limits.nodes { return value }
    diagnostics.error("more than \(limits.nodes) values once references are put in", at: range)
    return nil
  }

  private func environmentValue(_ reference: String, at range: SourceRange) -> YAMLNode? {
    let parts = reference.dropFirst(4).split(
      separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    if let value = environment[name] { return YAMLNode(scalar: value, at: range) }
    if parts.count == 2 { return YAMLNode(scalar: String(parts[1]), at: range) }
    diagnostics.error(
      "the environment variable '\(name)' is not set", at: range,
      hint: "give a default: ${env:\(name),default}")
    return nil
  }

  private func find(_ path: [String]) -> YAMLNode? {
    var node = root
    for key in path {
      switch node.content {
      case .mapping:
        guard let next = node[key] else { return nil }
        node = next
      case .sequence(let items):
        guard let index = Int(key), items.indices.contains(index) else { return nil }
        node = items[index]
      case .scalar: return nil
      }
    }
    return node
  }

  private func paths(_ node: YAMLNode, _ path: [String], depth: Int) -> [String] {
    guard depth < 6, let entries = node.mapping else { return [] }
    return entries.prefix(200).flatMap { entry in
      [(path + [entry.key]).joined(separator: ".")]
        + paths(entry.value, path + [entry.key], depth: depth + 1)
    }
  }
}
