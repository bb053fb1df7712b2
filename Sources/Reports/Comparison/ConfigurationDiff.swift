import ExperimentConfig
import YAMLSyntax

/// The differences between two configurations. Replacing a component is one change, and so is
/// inserting a layer.
package struct ConfigurationDiff {
  private let a: ConfigurationTree
  private let b: ConfigurationTree
  private var changes: [ConfigurationChange] = []

  /// The changes in schema order; keys that the schema does not know come last.
  package static func changes(
    _ a: ConfigurationTree, _ b: ConfigurationTree
  ) -> [ConfigurationChange] {
    var diff = ConfigurationDiff(a: a, b: b)
    diff.record(a.root, b.root, ExperimentSchema.root, Place(path: "", kind: .semantic))
    return diff.changes
  }

  private init(a: ConfigurationTree, b: ConfigurationTree) {
    self.a = a
    self.b = b
  }

  private struct Place {
    var path: String
    var kind: ConfigurationChange.Kind

    func below(_ key: String) -> Place {
      Place(path: path.isEmpty ? key : "\(path).\(key)", kind: kind)
    }
  }

  // MARK: With a schema

  private mutating func compare(
    _ a: YAMLNode?, _ b: YAMLNode?, _ type: SchemaType?, _ place: Place
  ) {
    guard let a, let b else { return add(a, b, place) }
    switch type {
    case .record(let schema)?: record(a, b, schema, place)
    case .variants(let schemas)?:
      let chosen = [a, b].map { node in schemas.firstIndex { $0.holds(node) } }
      if let index = chosen[0], chosen[0] == chosen[1] {
        record(a, b, schemas[index], place)
      } else if Set((a.mapping ?? []).map(\.key)) == Set((b.mapping ?? []).map(\.key)) {
        value(a, b, place)
      } else {
        add(a, b, place)
      }
    case .component?: component(a, b, place)
    case .list(of: .component, _)?, .layers?: list(a, b, place)
    case .oneOf(let types)? where types.contains(where: \.isPath) && isPath(a) && isPath(b):
      value(a, b, Place(path: place.path, kind: .cosmetic))
    case .path?:
      // The content is fingerprinted, so the location does not affect results.
      value(a, b, Place(path: place.path, kind: .cosmetic))
    default: value(a, b, place)
    }
  }

  /// Whether a setting that takes a path or a name holds a path: resolved paths are absolute.
  private func isPath(_ node: YAMLNode) -> Bool { node.scalar?.text.hasPrefix("/") ?? false }

  private mutating func record(
    _ a: YAMLNode, _ b: YAMLNode, _ schema: RecordSchema, _ place: Place
  ) {
    guard a.mapping != nil, b.mapping != nil else { return value(a, b, place) }
    for field in schema.fields {
      // A run from before there was the setting behaved like its default.
      if let only = a[field.name] ?? b[field.name], a[field.name] == nil || b[field.name] == nil,
        field.isImpliedByDefault, case .defaulted(only.oneLine) = field.presence
      {
        continue
      }
      var below = place.below(field.name)
      if field.isCosmetic { below.kind = .cosmetic }
      if below.path == "metrics" || below.path == "report" { below.kind = .measurement }
      compare(a[field.name], b[field.name], field.type, below)
    }
    for key in keys(a, b) where schema[key] == nil {
      compare(a[key], b[key], nil, place.below(key))
    }
  }

  private mutating func component(_ a: YAMLNode, _ b: YAMLNode, _ place: Place) {
    guard let first = ComponentNode(a), let second = ComponentNode(b) else {
      return value(a, b, place)
    }
    if first.name != second.name { return add(a, b, place) }
    arguments(first, second, place)
  }

  private mutating func arguments(_ a: ComponentNode, _ b: ComponentNode, _ place: Place) {
    let below = place.below(a.name)
    if a.arguments != nil || b.arguments != nil {
      let empty = { (node: YAMLNode) in YAMLNode(.mapping([]), at: node.range) }
      value(a.arguments ?? empty(a.node), b.arguments ?? empty(b.node), below)
    }
    for key in ModelNode.attributes {
      let values = [a, b].map { side in side.attributes.first { $0.key == key }?.value }
      if values[0] == nil, values[1] == nil { continue }
      compare(values[0], values[1], nil, place.below(key))
    }
  }

  // MARK: Without a schema

  private mutating func value(_ a: YAMLNode, _ b: YAMLNode, _ place: Place) {
    if a.means(b) { return }
    switch (a.content, b.content) {
    case (.mapping, .mapping):
      for key in keys(a, b) { compare(a[key], b[key], nil, place.below(key)) }
    case (.sequence(let first), .sequence(let second)):
      let isPlain = (first + second).allSatisfy { $0.scalar != nil }
      if isPlain { add(a, b, place) } else { list(a, b, place) }
    default: add(a, b, place)
    }
  }

  private func keys(_ a: YAMLNode, _ b: YAMLNode) -> [String] {
    var seen: Set<String> = []
    return ((a.mapping ?? []) + (b.mapping ?? [])).map(\.key).filter { seen.insert($0).inserted }
  }

  // MARK: Lists

  private mutating func list(_ a: YAMLNode, _ b: YAMLNode, _ place: Place) {
    guard let first = a.sequence, let second = b.sequence else { return value(a, b, place) }
    let components = (first.map(ComponentNode.init), second.map(ComponentNode.init))
    let steps = SequenceAlignment.align(first.count, second.count) { i, j in
      if first[i].means(second[j]) { return 0 }
      guard let left = components.0[i], let right = components.1[j] else { return 1.5 }
      return left.name == right.name ? 0.6 : 1.5
    }
    let kept = steps.count { step in
      guard case .pair(let i, let j) = step else { return false }
      return components.0[i]?.name == components.1[j]?.name
    }
    // When most of the list changed, report it as one replacement.
    if steps.count - kept > 6, 2 * kept < max(first.count, second.count) {
      return add(a, b, place)
    }
    for step in steps {
      switch step {
      case .removed(let i): add(first[i], nil, place.below(key(first[i], i)))
      case .added(let j): add(nil, second[j], place.below(key(second[j], j)))
      case .pair(let i, let j):
        if first[i].means(second[j]) { continue }
        component(first[i], second[j], place.below(key(second[j], j)))
      }
    }
  }

  /// A named node is identified by its name, others by their index, as in `--explain`.
  private func key(_ node: YAMLNode, _ index: Int) -> String {
    node["name"]?.scalar?.text ?? String(index)
  }

  private mutating func add(_ first: YAMLNode?, _ second: YAMLNode?, _ place: Place) {
    let left = first.flatMap { $0.isNull ? nil : $0 }
    let right = second.flatMap { $0.isNull ? nil : $0 }
    if left == nil, right == nil { return }
    if let left, let right, left.means(right) { return }
    changes.append(
      ConfigurationChange(
        path: place.path, a: left.map { .init(text: Self.text($0), origin: a.origin(of: $0)) },
        b: right.map { .init(text: Self.text($0), origin: b.origin(of: $0)) }, kind: place.kind))
  }

  /// A component formatted as a call, a list of components as their names.
  static func text(_ node: YAMLNode) -> String {
    if let items = node.sequence, !items.isEmpty, items.contains(where: { $0.scalar == nil }) {
      let names = items.compactMap { ComponentNode($0)?.name }
      guard names.count == items.count else { return node.oneLine }
      return "\(names.count) of " + shortened(names)
    }
    if let entries = node.mapping, entries.count != 1 || entries[0].value.mapping == nil {
      if let component = ComponentNode(node), !component.attributes.isEmpty {
        return component.text
      }
      return entries.map { "\($0.key) \($0.value.oneLine)" }.joined(separator: ", ")
    }
    return ComponentNode(node)?.text ?? node.oneLine
  }

  /// Counts repeated names and lists at most eight groups.
  private static func shortened(_ names: [String]) -> String {
    var groups: [(name: String, count: Int)] = []
    for name in names {
      if groups.last?.name == name {
        groups[groups.count - 1].count += 1
      } else {
        groups.append((name, 1))
      }
    }
    let texts = groups.map { $0.count > 1 ? "\($0.count) × \($0.name)" : $0.name }
    return texts.count <= 8
      ? texts.joined(separator: ", ") : texts.prefix(7).joined(separator: ", ") + ", …"
  }
}

extension RecordSchema {
  /// Whether every key of a mapping belongs to this record and all required keys are present.
  fileprivate func holds(_ node: YAMLNode) -> Bool {
    guard let entries = node.mapping else { return false }
    let required = fields.filter {
      if case .required = $0.presence { true } else { false }
    }
    return entries.allSatisfy { self[$0.key] != nil }
      && required.allSatisfy { field in entries.contains { $0.key == field.name } }
  }
}

extension SchemaType {
  fileprivate var isPath: Bool { if case .path = self { true } else { false } }
}
