import Diagnostics
import YAMLSyntax

/// The place in an experiment that a command-line key refers to.
package struct KeyPlace: Sendable, Equatable {
  /// The path from the root.
  package let path: [String]
  /// The path in canonical form: layers by position, even if they are named.
  package let canonicalPath: [String]
  /// For a component, the argument that `component: value` sets; `nil` if it has none.
  package let mainArgument: String?
  /// The kind of values allowed there, as far as a sweep needs to know.
  package let kind: Kind

  package enum Kind: Sendable, Equatable {
    case integer, number
    /// A component, by name.
    case component
    /// A list, so that `[a,b]` is one value.
    case list
    /// Free text or a path, so that `a,b` is one value.
    case text
    case other
  }

  package init(
    path: [String], canonicalPath: [String]? = nil, mainArgument: String? = nil, kind: Kind
  ) {
    self.path = path
    self.canonicalPath = canonicalPath ?? path
    self.mainArgument = mainArgument
    self.kind = kind
  }

  /// The dotted path.
  package var name: String { path.joined(separator: ".") }
}

extension ExperimentLoader {
  /// Finds the place of each key in the experiment with its overrides; `nil` for a key without one,
  /// once the reason has been reported.
  ///
  /// - Parameter keys: as written on the command line, such as `lr`, `optimizer.adam.lr` or
  ///   `+name`.
  package func places(
    of keys: [String], in source: SourceFile, overrides: [String],
    into diagnostics: DiagnosticCollector
  ) -> [KeyPlace?] {
    var record = ReadingRecord()
    guard let tree = tree(of: source, overrides: overrides, into: diagnostics, record: &record)
    else { return keys.map { _ in nil } }
    return keys.map { key in
      guard let override = Override(key + "=1", diagnostics: diagnostics),
        let path = override.locate(in: tree, catalog: catalog, diagnostics: diagnostics)
      else { return nil }
      let type = PathCatalog(catalog: catalog)
        .type(of: path[...], in: tree, as: .record(ExperimentSchema.root))
      return KeyPlace(
        path: path, canonicalPath: tree.canonicalPath(path), mainArgument: mainArgument(path),
        kind: type?.placeKind ?? .other)
    }
  }

  /// The main argument of the component at the end of `path`; `nil` if the path does not end in a
  /// component.
  private func mainArgument(_ path: [String]) -> String? {
    guard let name = path.last, path.count > 1 else { return nil }
    var type = SchemaType.record(ExperimentSchema.root)
    for key in path.dropLast() {
      switch type {
      case .record(let schema):
        guard let field = schema[key] else { return nil }
        type = field.type
      case .layers: return catalog.find(.layer, name)?.main
      case .list(let element, _): type = element
      default: return nil
      }
    }
    if case .component(let kind) = type { return catalog.find(kind, name)?.main }
    return nil
  }

  /// Reads a file as this loader does.
  ///
  /// - Throws: ``InputError``.
  package func source(_ path: String) throws -> SourceFile { try read(path) }

  /// The checked `sweep:` section of a file, whose `parameters` stay unprocessed; `nil` if there is
  /// none, or if it is invalid, which is then reported.
  package func sweepSection(
    in source: SourceFile, overrides: [String], into diagnostics: DiagnosticCollector
  ) -> Resolved? {
    var record = ReadingRecord()
    guard
      var tree = tree(of: source, overrides: overrides, into: diagnostics, record: &record),
      tree["sweep"].map({ !$0.isNull }) ?? false
    else { return nil }
    tree = Interpolation.apply(
      to: tree, catalog: catalog, environment: environment, diagnostics: diagnostics)
    guard let section = tree["sweep"] else { return nil }
    return SchemaChecker(catalog: catalog, diagnostics: diagnostics)
      .check(section, as: .record(ExperimentSchema.sweep), label: "sweep")
  }
}

extension SchemaType {
  fileprivate var placeKind: KeyPlace.Kind {
    switch self {
    case .integer: .integer
    case .number: .number
    case .component: .component
    case .list, .layers: .list
    case .string(.any), .path: .text
    case .oneOf(let alternatives):
      alternatives.contains { $0.placeKind == .list }
        ? .list : alternatives.first?.placeKind ?? .other
    default: .other
    }
  }
}

extension YAMLNode {
  /// `path` with the names of list items replaced by their positions.
  fileprivate func canonicalPath(_ path: [String]) -> [String] {
    var node: YAMLNode? = self
    return path.map { key in
      guard let items = node?.sequence else {
        node = node?[key]
        return key
      }
      let index = Int(key) ?? items.firstIndex { $0["name"]?.scalar?.text == key }
      node = index.flatMap { items[safe: $0] }
      return index.map(String.init) ?? key
    }
  }
}

extension PathCatalog {
  /// The type of the value at `path`; `nil` if no value is allowed there.
  func type(of path: ArraySlice<String>, in node: YAMLNode?, as type: SchemaType) -> SchemaType? {
    guard let key = path.first else { return type }
    let rest = path.dropFirst()
    switch type.actual(node) {
    case .record(let schema):
      return field(key, rest, in: node, schema)
    case .variants(let schemas):
      let holder = schemas.first { $0[key] != nil }
      return holder.flatMap { field(key, rest, in: node, $0) }
    case .component(let kind):
      return catalog.find(kind, key).flatMap { argument(rest, of: $0) }
    case .list(let element, _):
      return self.type(of: rest, in: Int(key).flatMap { node?.sequence?[safe: $0] }, as: element)
    case .mapping(let element):
      return self.type(of: rest, in: node?[key], as: element)
    case .layers where node == nil:
      return self.type(of: path, in: node, as: .component(.model))
    case .layers:
      guard let name = rest.first else { return .component(.layer) }
      return catalog.find(.layer, name).flatMap { argument(rest.dropFirst(), of: $0) }
    case .oneOf(let alternatives):
      return alternatives.lazy.compactMap { self.type(of: path, in: node, as: $0) }.first
    default: return nil
    }
  }

  private func field(
    _ key: String, _ rest: ArraySlice<String>, in node: YAMLNode?, _ schema: RecordSchema
  ) -> SchemaType? {
    schema[key].flatMap { type(of: rest, in: node?[key], as: $0.type) }
  }

  /// The type of an argument, or of the main argument for the component itself, as in
  /// `dropout=0.5`.
  private func argument(_ rest: ArraySlice<String>, of schema: ComponentSchema) -> SchemaType? {
    if rest.isEmpty { return schema.main.flatMap { schema.arguments[$0]?.type } }
    return rest.first.flatMap { schema.arguments[$0] }
      .flatMap { type(of: rest.dropFirst(), in: nil, as: $0.type) }
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? {
    indices.contains(index) ? self[index] : nil
  }
}
