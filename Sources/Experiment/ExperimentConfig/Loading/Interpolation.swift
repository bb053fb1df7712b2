import Diagnostics
import OrderedCollections
import YAMLSyntax

/// Replaces `${path.to.key}`, `${data.classes}` and its like, and `${env:VAR,default}` in a whole tree.
final class Interpolation {
  /// The maximum length of an interpolated text, against maliciously nested references.
  static let maximumLength = 10_000
  /// The maximum length of all interpolated texts together.
  static let maximumTotal = 1_000_000
  /// The maximum depth of nested references.
  static let maximumDepth = 16

  private let root: YAMLNode
  private let catalog: Catalog
  private let environment: [String: String]
  private let diagnostics: DiagnosticCollector
  private let limits = YAMLLimits()
  private var known: [String: YAMLNode] = [:]
  private var open: [String] = []
  private var nodes = 0
  private var length = 0
  private var isExhausted = false
  private lazy var paths = Array(Self.paths(of: root, [], depth: 0).prefix(500))

  /// What the data set says of itself, asked at most once; `nil` inside if it is invalid.
  private var dataNumbers: OrderedDictionary<String, Int>??

  private init(
    _ root: YAMLNode, _ catalog: Catalog, _ environment: [String: String],
    _ diagnostics: DiagnosticCollector
  ) {
    self.root = root
    self.catalog = catalog
    self.environment = environment
    self.diagnostics = diagnostics
  }

  static func apply(
    to root: YAMLNode, catalog: Catalog, environment: [String: String],
    diagnostics: DiagnosticCollector
  ) -> YAMLNode {
    Interpolation(root, catalog, environment, diagnostics)
      .resolve(root, path: [], parameters: nil)
  }

  /// - Parameter parameters: the parameters of the enclosing block, which are substituted where the
  ///   block is used; until then `$${` stays escaped.
  private func resolve(_ node: YAMLNode, path: [String], parameters: Set<String>?) -> YAMLNode {
    if node.isReported { return node }
    switch node.content {
    case .sequence(let items):
      let resolved = items.enumerated().map {
        resolve($0.element, path: path + [String($0.offset)], parameters: parameters)
      }
      return YAMLNode(.sequence(resolved), at: node.range)
    case .mapping(let entries):
      let resolved = entries.map { entry in
        let inner =
          path == ["blocks"] ? BlockDefinition.parameterNames(entry.value) : parameters
        return YAMLEntry(
          key: entry.key, keyRange: entry.keyRange,
          value: resolve(entry.value, path: path + [entry.key], parameters: inner))
      }
      return YAMLNode(.mapping(resolved), at: node.range)
    case .scalar(let scalar):
      guard let template = Template(scalar.text) else { return node }
      let value = resolve(template, scalar, node, parameters)
      if path.count + value.depth > limits.depth {
        diagnostics.error(
          "nested deeper than \(limits.depth) levels after references are expanded", at: node.range)
        return node.reported
      }
      return value
    }
  }

  private func resolve(
    _ template: Template, _ scalar: YAMLScalar, _ node: YAMLNode, _ parameters: Set<String>?
  ) -> YAMLNode {
    if template.isUnclosed {
      diagnostics.error(
        "'${' without a closing '}'", at: node.range, hint: "write $${ for a literal '${'")
      return node.reported
    }
    func written(_ text: String) -> String { parameters == nil ? text : Template.escaped(text) }
    if let name = template.single {
      if parameters?.contains(name) == true { return node }
      let value = value(of: name, at: node.range, parameters)
      return parameters == nil ? value : Template.escaped(value)
    }
    var text = ""
    for segment in template.segments {
      switch segment {
      case .literal(let part): text += written(part)
      case .reference(let name) where parameters?.contains(name) == true: text += "${\(name)}"
      case .reference(let name):
        let value = value(of: name, at: node.range, parameters)
        if value.isReported { return node.reported }
        guard let part = value.scalar?.text else {
          diagnostics.error(
            "'\(name)' is \(value.kindDescription) and cannot be inserted into text", at: node.range
          )
          return node.reported
        }
        text += written(part)
      }
      if text.utf8.count > Self.maximumLength {
        diagnostics.error("the text is too long after references are expanded", at: node.range)
        return node.reported
      }
    }
    length += text.utf8.count
    if length > Self.maximumTotal { return exhausted("the texts are too long", node) }
    return YAMLNode(.scalar(YAMLScalar(text: text, style: scalar.style)), at: node.range)
  }

  /// The value at a reference; an empty node marked as reported if there is none.
  private func value(
    of reference: String, at range: SourceRange, _ parameters: Set<String>?
  ) -> YAMLNode {
    let nothing = YAMLNode(scalar: "", at: range).reported
    if isExhausted { return nothing }
    if reference.hasPrefix("env:") { return environmentValue(reference, at: range) ?? nothing }
    let path = reference.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if open.contains(reference) {
      let cycle = (open.drop { $0 != reference } + [reference]).joined(separator: " → ")
      diagnostics.error("circular reference: \(cycle)", at: range)
      return nothing
    }
    if let value = known[reference] { return spend(value, at: range) }
    guard let target = find(path) else {
      if path.count == 2, path[0] == "data" { return dataNumber(reference, at: range) ?? nothing }
      diagnostics.error(
        "no value at '\(reference)'", at: range,
        hint: Suggestion.hint(for: reference, among: (parameters?.sorted() ?? []) + paths))
      return nothing
    }
    if open.count >= Self.maximumDepth {
      diagnostics.error(
        "references are nested more than \(Self.maximumDepth) levels deep", at: range)
      return nothing
    }
    open.append(reference)
    var value = resolve(target, path: path, parameters: nil)
    open.removeLast()
    if value.scalar != nil { value.range = range }
    known[reference] = value
    return spend(value, at: range)
  }

  private func spend(_ value: YAMLNode, at range: SourceRange) -> YAMLNode {
    nodes += min(value.count, limits.nodes + 1)
    if nodes <= limits.nodes { return value }
    return exhausted("more than \(limits.nodes) values", YAMLNode(scalar: "", at: range))
  }

  /// Reports exhaustion only once, rather than for every reference.
  private func exhausted(_ what: String, _ node: YAMLNode) -> YAMLNode {
    if !isExhausted {
      diagnostics.error("\(what) after references are expanded", at: node.range)
    }
    isExhausted = true
    return node.reported
  }

  /// A number that the data set determines, such as `data.classes`; `nil` if there is none, which is reported
  /// here or, for a data set that is invalid, where the experiment is checked.
  private func dataNumber(_ reference: String, at range: SourceRange) -> YAMLNode? {
    let numbers: OrderedDictionary<String, Int>?
    if let dataNumbers {
      numbers = dataNumbers
    } else {
      if open.contains(Self.dataset) {
        diagnostics.error(
          "the data set cannot depend on '\(reference)', which it determines itself", at: range)
        return nil
      }
      numbers = askDataset()
      dataNumbers = .some(numbers)
    }
    guard let numbers else { return nil }
    if let number = numbers[String(reference.dropFirst("data.".count))] {
      return YAMLNode(scalar: String(number), at: range)
    }
    let names = numbers.keys.map { "data.\($0)" }
    diagnostics.error(
      "no value at '\(reference)', and the data set does not determine it", at: range,
      hint: Suggestion.hint(for: reference, among: names + paths.filter { $0.hasPrefix("data.") })
        ?? (names.isEmpty ? nil : "it determines " + names.joined(separator: ", ")))
    return nil
  }

  private static let dataset = "data.dataset"

  /// The numbers of the data set as the experiment names it; `nil` once the reason has been reported, or will be
  /// where the whole experiment is checked.
  private func askDataset() -> OrderedDictionary<String, Int>? {
    guard let written = find(["data", "dataset"]) else { return nil }
    open.append(Self.dataset)
    let node = resolve(written, path: ["data", "dataset"], parameters: nil)
    open.removeLast()
    let component = SchemaChecker(catalog: catalog, diagnostics: DiagnosticCollector())
      .check(node, as: .component(.dataset), label: "dataset")
    guard case .component(let name, let arguments)? = component?.content else { return nil }
    do {
      return try catalog.dataNumbers(
        ResolvedComponent(name: name, arguments: Arguments(arguments), origin: .default))
    } catch let error as InputError {
      error.diagnostics.forEach(diagnostics.report)
    } catch {
      diagnostics.error("\(error)", at: written.range)
    }
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

  private static func paths(of node: YAMLNode, _ path: [String], depth: Int) -> [String] {
    guard depth < 4, let entries = node.mapping else { return [] }
    return entries.prefix(100).flatMap { entry in
      [(path + [entry.key]).joined(separator: ".")]
        + paths(of: entry.value, path + [entry.key], depth: depth + 1)
    }
  }
}
