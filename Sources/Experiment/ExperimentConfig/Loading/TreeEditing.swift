import Diagnostics
import YAMLSyntax

/// Edits a tree according to the schema: replacing a component drops the old one's arguments, and
/// `linear: 128` becomes `linear: {out_features: 128, …}` when another argument is set.
struct TreeEditing {
  let catalog: Catalog
  /// The parameter that `block: value` sets, by block.
  var mainParameters: [String: String] = [:]

  struct Failure: Error {
    var message: String
    var hint: String?
  }

  // MARK: Merging files

  /// `base` overridden by everything in `derived`.
  func merge(_ base: YAMLNode, _ derived: YAMLNode, as type: SchemaType) -> YAMLNode {
    switch type.actual(derived) {
    case .record(let schema):
      guard let old = base.mapping, let new = derived.mapping else { return derived }
      return YAMLNode(.mapping(merge(old, new, schema)), at: derived.range)
    case .variants(let schemas):
      guard let old = base.mapping, let new = derived.mapping else { return derived }
      let schema = SchemaChecker.variant(schemas, new)
      return YAMLNode(
        .mapping(merge(old.filter { schema[$0.key] != nil }, new, schema)), at: derived.range)
    case .component(let kind):
      guard let old = try? ComponentForm.read(base, kind: ""),
        let new = try? ComponentForm.read(derived, kind: ""), old.name == new.name,
        let schema = catalog.find(kind, new.name)
      else { return derived }
      let entries = merge(
        old.entries(main: schema.main), new.entries(main: schema.main), schema.arguments)
      return entries.isEmpty ? derived : new.node(entries: entries, like: derived)
    case .blocks, .mapping:
      guard let old = base.mapping, let new = derived.mapping else { return derived }
      let replaced = Set(new.map(\.key))
      let kept = old.filter { !replaced.contains($0.key) }
      return YAMLNode(.mapping(kept + new), at: derived.range)
    default: return derived
    }
  }

  private func merge(
    _ old: [YAMLEntry], _ new: [YAMLEntry], _ schema: RecordSchema
  ) -> [YAMLEntry] {
    var merged = old
    for entry in new {
      if let index = merged.firstIndex(where: { $0.key == entry.key }) {
        let type = schema[entry.key]?.type
        let value = type.map { merge(merged[index].value, entry.value, as: $0) } ?? entry.value
        merged[index] = YAMLEntry(key: entry.key, keyRange: entry.keyRange, value: value)
      } else {
        merged.append(entry)
      }
    }
    return merged
  }

  // MARK: Setting a value

  /// The tree with the value at `path` replaced, or removed if `value` is `nil`.
  ///
  /// - Throws: ``Failure`` if the path does not exist.
  func set(
    _ path: ArraySlice<String>, to value: YAMLNode?, in node: YAMLNode?, as type: SchemaType,
    at place: SourceRange
  ) throws(Failure) -> YAMLNode? {
    guard let key = path.first else {
      if let node, let value { return merge(componentsOnly: node, value, type) }
      return value
    }
    let rest = path.dropFirst()
    // Values that are already invalid are left alone, so that they get reported.
    if let node, !node.isNull, cannotHoldKeys(node, type) { return node }
    switch type.actual(node) {
    case .record(let schema):
      return try edit(node?.mapping ?? [], key, schema, rest, value, node, place)
    case .variants(let schemas):
      let entry = YAMLEntry(key: key, keyRange: place, value: YAMLNode(scalar: "", at: place))
      var entries = node?.mapping ?? []
      let current = SchemaChecker.variant(schemas, entries)
      let schema = current[key] != nil ? current : SchemaChecker.variant(schemas, [entry])
      entries.removeAll { schema[$0.key] == nil }
      return try edit(entries, key, schema, rest, value, node, place)
    case .component(let kind):
      guard let schema = catalog.find(kind, key) else {
        throw Failure(
          message: "unknown \(kind.description) '\(key)'",
          hint: Suggestion.hint(for: key, among: catalog.all(kind))
            ?? argumentHint(for: key, of: node, kind))
      }
      let form = node.flatMap { try? ComponentForm.read($0, kind: "") }
      let kept = form?.name == key ? form : nil
      return try edit(
        kept ?? ComponentForm(name: key, nameRange: place), schema, rest, value, node, place)
    case .layers:
      guard var items = node?.sequence else { throw nothing(key) }
      let index = try index(of: key, in: items)
      if rest.isEmpty, value == nil {
        items.remove(at: index)
      } else {
        items[index] = try layer(items[index], rest, value, place)
      }
      return YAMLNode(.sequence(items), at: node?.range ?? place)
    case .list(let element, _):
      guard var items = node?.sequence, let index = Int(key), items.indices.contains(index) else {
        throw nothing(key)
      }
      if rest.isEmpty, value == nil {
        items.remove(at: index)
      } else if let item = try set(rest, to: value, in: items[index], as: element, at: place) {
        items[index] = item
      }
      return YAMLNode(.sequence(items), at: node?.range ?? place)
    case .oneOf(let alternatives):
      let isList = node?.sequence != nil
      let fitting = alternatives.first {
        switch $0 {
        case .list: isList
        case .record, .mapping, .variants, .component: !isList
        default: false
        }
      }
      guard let fitting else { throw nothing(key) }
      // A component without arguments is also a scalar.
      if let node, !node.isNull, node.mapping == nil, node.sequence == nil, !isComponent(fitting) {
        throw Failure(message: "'\(node.scalar?.text ?? "")' has no key '\(key)'")
      }
      return try set(path, to: value, in: node, as: fitting, at: place)
    case .mapping(let element):
      let field = Field(key, element, .optional, doc: "")
      return try edit(node?.mapping ?? [], key, RecordSchema([field]), rest, value, node, place)
    case .blocks:
      return try edit(node?.mapping ?? [], key, RecordSchema([]), rest, value, node, place)
    case .sweepParameters:
      return try edit(node?.mapping ?? [], key, RecordSchema([]), rest, value, node, place)
    case .integer, .number, .boolean, .string, .choice, .path: throw nothing(key)
    }
  }

  /// A suggestion for a path such as `optimizer.learning_rate`, which leaves out the optimizer's
  /// name.
  private func argumentHint(
    for key: String, of node: YAMLNode?, _ kind: ComponentKind
  ) -> String? {
    guard let form = node.flatMap({ try? ComponentForm.read($0, kind: "") }),
      let schema = catalog.find(kind, form.name)
    else { return nil }
    let names = schema.arguments.fields.map(\.name)
    let meant = names.contains(key) ? key : Suggestion.nearest(to: key, among: names)
    return meant.map { "did you mean '\(form.name).\($0)'?" }
  }

  private func isComponent(_ type: SchemaType) -> Bool {
    if case .component = type { true } else { false }
  }

  /// Whether a value does not have the form that its type requires, such as a number for a section.
  private func cannotHoldKeys(_ node: YAMLNode, _ type: SchemaType) -> Bool {
    switch type.actual(node) {
    case .record, .mapping, .variants, .blocks: node.mapping == nil
    case .component: (try? ComponentForm.read(node, kind: "")) == nil
    default: false
    }
  }

  private func edit(
    _ entries: [YAMLEntry], _ key: String, _ schema: RecordSchema, _ rest: ArraySlice<String>,
    _ value: YAMLNode?, _ node: YAMLNode?, _ place: SourceRange
  ) throws(Failure) -> YAMLNode {
    var entries = entries
    let index = entries.firstIndex { $0.key == key }
    if rest.isEmpty, value == nil {
      guard let index else { throw Failure(message: "there is no '\(key)' to remove") }
      entries.remove(at: index)
      return YAMLNode(.mapping(entries), at: node?.range ?? place)
    }
    let old = index.map { entries[$0].value }
    let new: YAMLNode?
    if let type = schema[key]?.type {
      new = try set(rest, to: value, in: old, as: type, at: place)
    } else {
      new = rest.isEmpty ? value : nil
    }
    guard let new else { throw nothing(rest.first ?? key) }
    let entry = YAMLEntry(
      key: key, keyRange: index.map { entries[$0].keyRange } ?? place, value: new)
    if let index { entries[index] = entry } else { entries.append(entry) }
    return YAMLNode(.mapping(entries), at: node?.range ?? place)
  }

  private func edit(
    _ form: ComponentForm, _ schema: ComponentSchema, _ rest: ArraySlice<String>,
    _ value: YAMLNode?, _ node: YAMLNode?, _ place: SourceRange
  ) throws(Failure) -> YAMLNode {
    var form = form
    guard let argument = rest.first else {
      // `dropout=0.5` sets the main argument, `dropout={p: 0.5}` named ones.
      guard let value else { throw Failure(message: "the name of a component cannot be removed") }
      form.value = value.isNull ? nil : value
      return form.node(entries: form.entries(main: schema.main), like: node ?? value)
    }
    let entries = form.entries(main: schema.main)
    let mapping = YAMLNode(.mapping(entries), at: form.value?.range ?? place)
    let edited = try edit(
      entries, argument, schema.arguments, rest.dropFirst(), value, mapping, place)
    return form.node(entries: edited.mapping ?? [], like: node ?? edited)
  }

  private func layer(
    _ node: YAMLNode, _ rest: ArraySlice<String>, _ value: YAMLNode?, _ place: SourceRange
  ) throws(Failure) -> YAMLNode {
    guard let key = rest.first else { return value ?? node }
    guard let form = try? ComponentForm.read(node, kind: "", attributes: ModelNode.attributes)
    else {
      throw nothing(key)
    }
    if ModelNode.attributes.contains(key) {
      return try edit(
        node.mapping ?? form.node(entries: [], like: node).mapping ?? [], key,
        RecordSchema([]), rest.dropFirst(), value, node, place)
    }
    let schema =
      catalog.find(.layer, key) ?? ComponentSchema(key, main: mainParameters[key], doc: "")
    var kept = form
    if form.name != key {
      kept = ComponentForm(name: key, nameRange: place, attributes: form.attributes)
    }
    return try edit(kept, schema, rest.dropFirst(), value, node, place)
  }

  private func index(of key: String, in items: [YAMLNode]) throws(Failure) -> Int {
    if let index = Int(key), items.indices.contains(index) { return index }
    if let index = items.firstIndex(where: { $0["name"]?.scalar?.text == key }) { return index }
    throw nothing(key)
  }

  /// Merges components and replaces everything else: `optimizer={adam: {lr: 1}}` keeps Adam's other
  /// arguments, `model=[…]` replaces the list.
  private func merge(componentsOnly old: YAMLNode, _ new: YAMLNode, _ type: SchemaType) -> YAMLNode
  {
    switch type.actual(new) {
    case .component, .variants, .record: merge(old, new, as: type)
    default: new
    }
  }

  private func nothing(_ key: String) -> Failure { Failure(message: "there is no '\(key)'") }
}
