import YAMLSyntax

/// The dotted paths that an override may refer to.
struct PathCatalog {
  let catalog: Catalog

  /// The paths of values that are present or have a default.
  func present(in node: YAMLNode?, as type: SchemaType, path: [String] = []) -> [[String]] {
    let here = path.isEmpty ? [] : [path]
    switch type.actual(node) {
    case .record(let schema): return here + fields(schema, of: node, path)
    case .variants(let schemas):
      return here + fields(SchemaChecker.variant(schemas, node?.mapping ?? []), of: node, path)
    case .component(let kind):
      guard let node, let form = try? ComponentForm.read(node, kind: ""),
        let schema = catalog.find(kind, form.name)
      else { return here }
      return here + arguments(of: form, schema, path)
    case .list(let element, _):
      let items = node?.sequence ?? []
      return here
        + items.enumerated().flatMap {
          present(in: $0.element, as: element, path: path + [String($0.offset)])
        }
    case .layers:
      let items = node?.sequence ?? []
      return here
        + items.enumerated().flatMap { index, item -> [[String]] in
          guard let form = try? ComponentForm.read(item, kind: "", attributes: ModelNode.attributes)
          else { return [] }
          let place = path + [item["name"]?.scalar?.text ?? String(index)]
          let schema = catalog.find(.layer, form.name) ?? Self.blockSchema(form)
          return arguments(of: form, schema, place)
        }
    case .oneOf(let alternatives) where node?.mapping != nil:
      let fitting = alternatives.first {
        switch $0 {
        case .record, .mapping, .variants, .component: true
        default: false
        }
      }
      return fitting.map { present(in: node, as: $0, path: path) } ?? here
    case .blocks, .mapping:
      return here + (node?.mapping ?? []).map { path + [$0.key] }
    default: return here
    }
  }

  /// The paths below components and variants, including those that are not selected.
  func alternatives(in type: SchemaType, path: [String] = []) -> [[String]] {
    switch type {
    case .record(let schema):
      return schema.fields.flatMap { alternatives(in: $0.type, path: path + [$0.name]) }
    case .variants(let schemas):
      return schemas.flatMap { schema in schema.fields.map { path + [$0.name] } }
    case .component(let kind):
      return catalog.all(kind).flatMap { schema in
        [path + [schema.name]]
          + schema.arguments.fields.map { path + [schema.name, $0.name] }
      }
    default: return []
    }
  }

  private func fields(_ schema: RecordSchema, of node: YAMLNode?, _ path: [String]) -> [[String]] {
    schema.fields.flatMap { field -> [[String]] in
      var value = node?[field.name]
      if value == nil, case .optional = field.presence, case .record = field.type {
        return [path + [field.name]]
      }
      if value == nil, case .defaulted(let text) = field.presence, case .component = field.type {
        // So that `lr=…` also finds the arguments of the default component.
        value = node.map { YAMLNode(scalar: text, at: $0.range) }
      }
      return present(in: value, as: field.type, path: path + [field.name])
    }
  }

  private func arguments(
    of form: ComponentForm, _ schema: ComponentSchema, _ path: [String]
  ) -> [[String]] {
    [path + [schema.name]]
      + schema.arguments.fields.map { path + [schema.name, $0.name] }
  }

  private static func blockSchema(_ form: ComponentForm) -> ComponentSchema {
    let fields = form.value?.mapping?.map {
      Field($0.key, .string(.any), .optional, doc: "")
    }
    return ComponentSchema(form.name, fields ?? [], doc: "")
  }
}
