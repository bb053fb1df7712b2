import Diagnostics
import OrderedCollections
import YAMLSyntax

/// Turns a located tree into checked values, reporting all errors instead of stopping at the first.
final class SchemaChecker {
  let catalog: Catalog
  let diagnostics: DiagnosticCollector
  var blocks: [String: BlockDefinition] = [:]
  /// The model's nodes with every block expanded; set by checking a value of type `.layers`.
  var model: [ModelNode] = []
  var expandedNodes = 0
  var substitution = Substitution()
  /// The losses as they are written; `nil` before the experiment is checked, and if it names none.
  private(set) var lossNode: YAMLNode?
  /// Valid values by dotted path, for callers that can use part of an invalid experiment.
  private(set) var found: [String: Resolved] = [:]

  init(catalog: Catalog, diagnostics: DiagnosticCollector) {
    self.catalog = catalog
    self.diagnostics = diagnostics
  }

  /// The checked value, or `nil` once the reason has been reported.
  func check(_ node: YAMLNode, as type: SchemaType, label: String) -> Resolved? {
    if node.isReported { return nil }
    let origin = origin(of: node)
    switch type {
    case .integer, .number, .boolean, .string, .choice, .path:
      guard let scalar = node.scalar, !node.isNull || acceptsEmpty(type, scalar) else {
        return mismatch(node, type, label)
      }
      do throws(ScalarTyping.Failure) {
        return Resolved(try content(scalar, type, label, node.range), origin)
      } catch {
        diagnostics.error(error.message, at: node.range, hint: error.hint)
        return nil
      }
    case .list(let element, let count):
      guard let items = node.sequence else { return mismatch(node, type, label) }
      guard count.contains(items.count) else {
        let wanted =
          count.lowerBound == count.upperBound
          ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
        diagnostics.error(
          "'\(label)' takes \(wanted) values, found \(items.count)", at: node.range)
        return nil
      }
      let values = items.map { check($0, as: element, label: label) }
      return all(values).map { Resolved(.list($0), origin) }
    case .record(let schema):
      guard let entries = node.mapping else { return mismatch(node, type, label) }
      return record(entries, schema, label: label, at: node.range, isArguments: false)
        .map { Resolved(.record($0), origin) }
    case .mapping(let element):
      guard let entries = node.mapping else { return mismatch(node, type, label) }
      return mapping(entries, of: element).map { Resolved(.record($0), origin) }
    case .variants(let schemas):
      guard let entries = node.mapping else { return mismatch(node, type, label) }
      let schema = Self.variant(schemas, entries)
      return record(entries, schema, label: label, at: node.range, isArguments: false)
        .map { Resolved(.record($0), origin) }
    case .oneOf(let alternatives): return oneOf(alternatives, node, type, label)
    case .component(let kind):
      if case .list = type.actual(node) { return check(node, as: type.actual(node), label: label) }
      return component(node, kind)
    case .layers:
      let checked = node.sequence == nil ? wholeModel(node) : layers(node, label: label)
      guard let (nodes, value) = checked else { return nil }
      model = nodes
      return value
    case .blocks:
      blocks = BlockDefinition.read(node, catalog: catalog, diagnostics: diagnostics)
      return Resolved(.raw(node), origin)
    case .sweepParameters:
      guard node.mapping != nil else { return mismatch(node, type, label) }
      return Resolved(.raw(node), origin)
    }
  }

  /// Checks the values of a mapping with keys of the user's own. The range of a value begins with its
  /// key, which may be what is wrong.
  private func mapping(
    _ entries: [YAMLEntry], of type: SchemaType
  ) -> OrderedDictionary<String, Resolved>? {
    var isWhole = true
    var values: OrderedDictionary<String, Resolved> = [:]
    for entry in entries {
      guard var value = check(entry.value, as: type, label: entry.key) else {
        isWhole = false
        continue
      }
      if let range = value.range { value.origin = .written(entry.keyRange.through(range)) }
      values[entry.key] = value
    }
    return isWhole ? values : nil
  }

  /// The alternative with the most of the given keys.
  static func variant(_ schemas: [RecordSchema], _ entries: [YAMLEntry]) -> RecordSchema {
    func known(_ schema: RecordSchema) -> Int {
      entries.count { schema[$0.key] != nil || schema[beforeColon($0.key)] != nil }
    }
    var best = schemas[0]
    for schema in schemas.dropFirst() where known(schema) > known(best) { best = schema }
    return best
  }

  /// Checks the keys of a mapping and fills in its defaults.
  func record(
    _ entries: [YAMLEntry], _ schema: RecordSchema, label: String, at range: SourceRange,
    isArguments: Bool
  ) -> OrderedDictionary<String, Resolved>? {
    if label.isEmpty, !isArguments { lossNode = entries.first { $0.key == "loss" }?.value }
    var isWhole = true
    var meant: Set<String> = []
    for entry in entries where schema[entry.key] == nil {
      isWhole = false
      let names = schema.fields.map(\.name)
      if schema[Self.beforeColon(entry.key)] != nil {
        meant.insert(Self.beforeColon(entry.key))
      } else if !diagnostics.isFull, let name = Suggestion.nearest(to: entry.key, among: names) {
        meant.insert(name)
      }
      let word = isArguments ? "argument" : "key"
      let place = label.isEmpty ? "" : " in '\(label)'"
      diagnostics.error(
        "unknown \(word) '\(entry.key)'\(place)", at: entry.keyRange,
        hint: unknownKeyHint(entry.key, names))
    }
    let mayHoldMore = entries.contains { $0.key == "<<" }
    var values: OrderedDictionary<String, Resolved> = [:]
    for field in schema.fields {
      if let entry = entries.first(where: { $0.key == field.name }), !isLeftOut(entry, field) {
        if var value = value(of: field, entry) {
          value.isCosmetic = field.isCosmetic
          value.isImplied = isImplied(value, field)
          values[field.name] = value
          if !isArguments { found[label.isEmpty ? field.name : "\(label).\(field.name)"] = value }
        } else {
          isWhole = false
        }
        continue
      }
      switch field.presence {
      case .required:
        isWhole = false
        // A misspelt key has already been reported.
        if meant.contains(field.name) || mayHoldMore { continue }
        let owner = label.isEmpty ? "the experiment" : "'\(label)'"
        diagnostics.error("\(owner) needs '\(field.name)'", at: range, hint: field.doc)
      case .optional: values[field.name] = Resolved(.null, .default)
      case .defaulted(let standard):
        let key = label.isEmpty ? field.name : "\(label).\(field.name)"
        let text = (field.isDefaultOfTask ? taskDefault(key) : nil) ?? standard
        guard var value = defaultValue(of: field, text) else {
          isWhole = false
          continue
        }
        value.isCosmetic = field.isCosmetic
        value.isImplied = field.isImpliedByDefault
        values[field.name] = value
        if !isArguments { found[label.isEmpty ? field.name : "\(label).\(field.name)"] = value }
      }
    }
    return isWhole ? values : nil
  }

  /// The task's default for a key that the experiment leaves out; `nil` if the data set is unknown.
  private func taskDefault(_ key: String) -> String? {
    dataset.flatMap(catalog.dataFacts)?.defaults[key]
  }

  /// The experiment's data set; `nil` if it is missing or invalid, which has been reported.
  var dataset: ResolvedComponent? {
    guard let value = found["data.dataset"],
      case .component(let name, let arguments) = value.content
    else { return nil }
    return ResolvedComponent(name: name, arguments: Arguments(arguments), origin: value.origin)
  }

  private func defaultValue(of field: Field, _ text: String) -> Resolved? {
    let source = SourceFile(name: "default of \(field.name)", text: text, kind: .builtIn)
    return YAMLParser.parse(source, into: diagnostics)
      .flatMap { check($0, as: field.type, label: field.name) }
  }

  private func isImplied(_ value: Resolved, _ field: Field) -> Bool {
    guard field.isImpliedByDefault, case .defaulted(let text) = field.presence else { return false }
    return defaultValue(of: field, text)?.canonicalForm == value.canonicalForm
  }

  /// Whether an empty value means that the key is left out.
  private func isLeftOut(_ entry: YAMLEntry, _ field: Field) -> Bool {
    guard entry.value.isNull, !entry.value.isReported, !field.isNullable else { return false }
    switch (field.presence, field.type) {
    case (.optional, _), (.defaulted, .record): return true
    default: return false
    }
  }

  private func value(of field: Field, _ entry: YAMLEntry) -> Resolved? {
    let node = entry.value
    if node.isReported || !node.isNull { return check(node, as: field.type, label: field.name) }
    if field.isNullable { return Resolved(.null, origin(of: node)) }
    var hint: String?
    if case .defaulted(let text) = field.presence {
      hint = "without this line, the default is \(text)"
    } else if case .string(.any) = field.type {
      return check(node, as: field.type, label: field.name)
    }
    return mismatch(node, field.type, field.name, hint: hint)
  }

  private func unknownKeyHint(_ key: String, _ names: [String]) -> String? {
    if key == "<<" {
      return "merge keys are not supported; use 'extends:' to start from another file"
    }
    if let hint = Self.missingSpace(key, names) ?? Suggestion.hint(for: key, among: names) {
      return hint
    }
    return KeyHome(catalog: catalog).path(of: key).map { "did you mean '\($0)'?" }
      ?? Self.listing(names)
  }

  /// The key that was meant in `run:cnn`, which lacks a space.
  private static func beforeColon(_ key: String) -> String { String(key.prefix { $0 != ":" }) }

  /// A hint for `{run:cnn}`, which is a single key in YAML, unlike `{run: cnn}`.
  static func missingSpace(_ text: String, _ names: [String]) -> String? {
    guard let colon = text.firstIndex(of: ":"), names.contains(String(text[..<colon])) else {
      return nil
    }
    let value = text[text.index(after: colon)...]
    return "YAML needs a space after the colon: '\(text[..<colon]): \(value)'"
  }

  private func component(_ node: YAMLNode, _ kind: ComponentKind) -> Resolved? {
    do throws(ComponentForm.Failure) {
      let form = try ComponentForm.read(node, kind: kind.withArticle)
      guard let schema = catalog.find(kind, form.name) else {
        diagnostics.error(
          "unknown \(kind.description) '\(form.name)'", at: form.nameRange,
          hint: Suggestion.hint(for: form.name, among: catalog.all(kind))
            ?? Self.listing(catalog.all(kind).map(\.name)))
        return nil
      }
      return arguments(form, schema).map { Resolved(.component(schema.name, $0), origin(of: node)) }
    } catch {
      diagnostics.error(error.message, at: error.range, hint: error.hint)
      return nil
    }
  }

  /// The checked arguments of a component whose name is known.
  func arguments(
    _ form: ComponentForm, _ schema: ComponentSchema
  ) -> OrderedDictionary<String, Resolved>? {
    if let value = form.value, value.mapping == nil, schema.main == nil {
      let names = schema.arguments.fields.map(\.name)
      diagnostics.error(
        names.isEmpty
          ? "'\(schema.name)' takes no arguments"
          : "'\(schema.name)' takes its arguments by name", at: value.range,
        hint: names.isEmpty ? nil : "write \(schema.name): {\(names[0]): …}")
      return nil
    }
    return record(
      form.entries(main: schema.main), schema.arguments, label: schema.name, at: form.nameRange,
      isArguments: true)
  }

  func unknownHint(_ name: String, _ names: [String]) -> String? {
    Suggestion.hint(for: name, among: names) ?? Self.listing(names)
  }

  static func listing(_ names: [String]) -> String? {
    names.isEmpty || names.count > 24 ? nil : "known: " + names.joined(separator: ", ")
  }

  func origin(of node: YAMLNode) -> Origin {
    node.range.file.kind == .builtIn ? .default : .written(node.range)
  }

  private func all(_ values: [Resolved?]) -> [Resolved]? {
    let whole = values.compactMap(\.self)
    return whole.count == values.count ? whole : nil
  }
}

@available(*, unavailable)
extension SchemaChecker: Sendable {}

extension Field {
  var isRequired: Bool { if case .required = presence { true } else { false } }
}
