import Diagnostics
import OrderedCollections
import YAMLSyntax

extension SchemaChecker {
  /// Checks `model: resnet18` or `model: {resnet18: {classes: 10}}`: a built-in model as the whole
  /// model. Its node names get no prefix.
  func wholeModel(_ node: YAMLNode) -> (nodes: [ModelNode], value: Resolved)? {
    if let entries = node.mapping, entries.count > 1, isLayer(entries[0].key) {
      diagnostics.error(
        "a model is a list of layers", at: entries[0].keyRange, hint: "start every layer with '- '")
      return nil
    }
    let form: ComponentForm
    do throws(ComponentForm.Failure) {
      form = try ComponentForm.read(node, kind: "a model")
    } catch {
      diagnostics.error(error.message, at: error.range, hint: error.hint)
      return nil
    }
    guard let source = catalog.model(form.name) else {
      reportUnknownModel(form, node)
      return nil
    }
    guard let (nodes, value, declarations) = instance(of: source, form, node, inside: []) else {
      return nil
    }
    let model = ModelNode(
      kind: .model(source.schema.name, nodes), nameRange: form.nameRange, name: nil, from: nil,
      declarations: declarations)
    return ([model], value)
  }

  private func reportUnknownModel(_ form: ComponentForm, _ node: YAMLNode) {
    let isLayer = isLayer(form.name)
    let names = catalog.all(.model).map(\.name)
    diagnostics.error(
      isLayer ? "a model is a list of layers" : "unknown model '\(form.name)'", at: form.nameRange,
      hint: isLayer ? "start every layer with '- '" : unknownHint(form.name, names))
  }

  private func isLayer(_ name: String) -> Bool {
    catalog.find(.layer, name) != nil || blocks[name] != nil
  }

  /// The expanded layers of a built-in model.
  func instance(
    of source: ModelSource, _ form: ComponentForm, _ node: YAMLNode, inside stack: [String]
  ) -> (nodes: [ModelNode], value: Resolved, declarations: ModelNode.Declarations)? {
    guard var arguments = arguments(form, source.schema) else { return nil }
    if let classes = arguments["classes"], classes.isNull {
      guard let outputs = outputs(of: form) else { return nil }
      arguments["classes"] = outputs
    }
    let name = source.schema.name
    let file = SourceFile(
      name: "\(name).yaml", text: String(decoding: source.text, as: UTF8.self), kind: .builtIn)
    guard let tree = YAMLParser.parse(file, into: diagnostics), let body = tree["layers"] else {
      return nil
    }
    let values = arguments.mapValues { value in
      YAMLNode(scalar: Self.text(of: value), at: value.range ?? form.nameRange)
    }
    // Inside the model only its own blocks are visible, and they are not visible outside.
    let outer = blocks
    defer { blocks = outer }
    blocks =
      tree["blocks"].map { BlockDefinition.read($0, catalog: catalog, diagnostics: diagnostics) }
      ?? [:]
    let note = Diagnostic.note("while expanding '\(name)' here", at: form.nameRange)
    let written = diagnostics.explaining(note) {
      layers(
        substitution.apply(Dictionary(uniqueKeysWithValues: values.elements.map { $0 }), to: body),
        label: name, inside: stack + [name])
    }
    let declarations = ModelNode.Declarations(
      model: name, outputs: Self.list(tree["outputs"]).compactMap(reference),
      head: tree["head"].map { head in
        Self.list(head).compactMap(reference).map {
          ParameterPattern(text: $0.name, range: $0.range)
        }
      })
    return written.map {
      ($0.nodes, Resolved(.component(name, arguments), origin(of: node)), declarations)
    }
  }

  /// The items of a list; a value that is no list is its only item.
  private static func list(_ node: YAMLNode?) -> [YAMLNode] {
    node.map { $0.sequence ?? [$0] } ?? []
  }

  private static func text(of value: Resolved) -> String {
    switch value.content {
    case .integer(let value): String(value)
    case .number(let value): NumberText.short(value)
    case .boolean(let value): String(value)
    case .string(let value): value
    default: ""
    }
  }
}
