import Diagnostics
import OrderedCollections
import YAMLSyntax

extension SchemaChecker {
  /// The maximum number of nodes of a model once its blocks are expanded.
  static let maximumNodes = 10_000
  /// The maximum depth of nested blocks.
  static let maximumBlockDepth = 32

  /// The nodes of a list of layers, with blocks expanded, and the list as a value.
  func layers(
    _ node: YAMLNode, label: String, inside stack: [String] = []
  ) -> (nodes: [ModelNode], value: Resolved)? {
    guard let items = node.sequence else {
      _ = mismatch(node, .layers, label)
      return nil
    }
    if items.isEmpty {
      diagnostics.error("'\(label)' has no layers", at: node.range)
      return nil
    }
    var nodes: [ModelNode] = []
    var values: [Resolved] = []
    for (index, item) in items.enumerated() {
      expandedNodes += 1
      if expandedNodes > Self.maximumNodes {
        if expandedNodes == Self.maximumNodes + 1 {
          diagnostics.error(
            "the model has more than \(Self.maximumNodes) layers after blocks are expanded",
            at: item.range)
        }
        return nil
      }
      if let (modelNode, value) = layer(
        item, inside: stack, isLast: stack.isEmpty && index == items.count - 1)
      {
        nodes.append(modelNode)
        values.append(value)
      }
    }
    guard nodes.count == items.count else { return nil }
    return (nodes, Resolved(.list(values), origin(of: node)))
  }

  private func layer(
    _ node: YAMLNode, inside stack: [String], isLast: Bool
  ) -> (ModelNode, Resolved)? {
    if node.isReported { return nil }
    let form: ComponentForm
    do throws(ComponentForm.Failure) {
      form = try ComponentForm.read(node, kind: "a layer", attributes: ModelNode.attributes)
    } catch {
      diagnostics.error(error.message, at: error.range, hint: error.hint)
      return nil
    }
    let name = form.attributes.first { $0.key == "name" }.map(\.value)
    let from = form.attributes.first { $0.key == "from" }.map(\.value)
    let owner = form.attributes.first { $0.key == "weights_of" }.map(\.value)
    let nameValue = name.map { check($0, as: .string(.nodeName), label: "name") }
    let fromValue = from.map {
      check($0, as: .scalarOrList(.string(.nodePath), count: 1...1000), label: "from")
    }
    let ownerValue = owner.map { check($0, as: .string(.nodePath), label: "weights_of") }
    guard
      let (kind, component, declarations) = kind(form, node, inside: stack, isLast: isLast)
    else { return nil }
    if case .some(.none) = nameValue { return nil }
    if case .some(.none) = fromValue { return nil }
    if case .some(.none) = ownerValue { return nil }

    let value = Resolved(
      .node(
        component, name: nameValue ?? nil, from: fromValue ?? nil, weightsOf: ownerValue ?? nil),
      origin(of: node))
    let modelNode = ModelNode(
      kind: kind, nameRange: form.nameRange, name: name.flatMap(reference),
      from: from.map { ($0.sequence ?? [$0]).compactMap(reference) },
      weightsOf: owner.flatMap(reference),
      inputs: blocks[form.name]?.inputs ?? [], declarations: declarations)
    return (modelNode, value)
  }

  func reference(_ node: YAMLNode) -> ModelNode.Reference? {
    node.scalar.map { ModelNode.Reference(name: $0.text, range: node.range) }
  }

  private func kind(
    _ form: ComponentForm, _ node: YAMLNode, inside stack: [String], isLast: Bool
  ) -> (ModelNode.Kind, Resolved, ModelNode.Declarations?)? {
    if let block = blocks[form.name] {
      return instance(of: block, form, node, inside: stack).map { ($0, $1, nil) }
    }
    if let source = catalog.model(form.name) {
      return instance(of: source, form, node, inside: stack).map {
        (.block(source.schema.name, $0.nodes), $0.value, $0.declarations)
      }
    }
    guard let schema = catalog.find(.layer, form.name) else {
      Self.reportUnknownLayer(form, catalog, Set(blocks.keys), diagnostics)
      return nil
    }
    guard var values = arguments(form, schema) else { return nil }
    if let key = schema.outputSize, values[key]?.isNull == true {
      guard let size = outputSize(key, of: schema, form, isLast: isLast) else { return nil }
      values[key] = size
    }
    let component = ResolvedComponent(
      name: schema.name, arguments: Arguments(values), origin: .written(form.nameRange))
    return (.layer(component), Resolved(.component(schema.name, values), origin(of: node)), nil)
  }

  /// The size that the task's targets give a model's last layer; `nil` for another layer, which is reported, and
  /// if the data set is invalid, which is reported where the experiment is checked.
  private func outputSize(
    _ key: String, of schema: ComponentSchema, _ form: ComponentForm, isLast: Bool
  ) -> Resolved? {
    guard isLast else {
      diagnostics.error(
        "'\(schema.name)' needs '\(key)'", at: form.nameRange,
        hint: schema.arguments[key]?.doc)
      return nil
    }
    return outputs(of: form)
  }

  /// The number of outputs that the task's targets need; `nil` if that is not known, which is reported here or
  /// where the data set is checked.
  func outputs(of form: ComponentForm) -> Resolved? {
    guard let dataset else { return nil }
    if let facts = catalog.dataFacts(dataset) {
      let (loss, factor) = outputsPerTarget
      let each = factor > 1 ? ", \(factor) outputs each for \(loss)" : ""
      return Resolved(
        .integer(facts.outputs * factor),
        .derived("the \(facts.outputsText) of '\(dataset.name)'\(each)"))
    }
    do {
      _ = try catalog.dataNumbers(dataset)
      diagnostics.error(
        "cannot infer the size of '\(form.name)' from the data set '\(dataset.name)'",
        at: form.nameRange)
    } catch let error as InputError {
      error.diagnostics.forEach(diagnostics.report)
    } catch {
      diagnostics.error("\(error)", at: form.nameRange)
    }
    return nil
  }

  /// The most outputs that a loss of the experiment needs per class, label or number. Losses that cannot be read are
  /// passed over here, because they are reported where `loss` itself is checked.
  private var outputsPerTarget: (loss: String, count: Int) {
    let nodes = lossNode.map { $0.sequence ?? [$0] } ?? []
    let losses = nodes.compactMap { node in
      (try? ComponentForm.read(node, kind: "")).flatMap { catalog.find(.loss, $0.name) }
    }
    let most = losses.max { $0.outputsPerTarget < $1.outputsPerTarget }
    return most.map { ($0.name, $0.outputsPerTarget) } ?? ("", 1)
  }

  static func reportUnknownLayer(
    _ form: ComponentForm, _ catalog: Catalog, _ blocks: Set<String>,
    _ diagnostics: DiagnosticCollector
  ) {
    diagnostics.error(
      "unknown layer '\(form.name)'", at: form.nameRange,
      hint: Suggestion.hint(
        for: form.name, among: catalog.all(.layer).map(\.name) + blocks.sorted().prefix(200))
        ?? "'runner layers' lists them")
  }

  private func instance(
    of block: BlockDefinition, _ form: ComponentForm, _ node: YAMLNode, inside stack: [String]
  ) -> (ModelNode.Kind, Resolved)? {
    if stack.contains(block.name) {
      let cycle = (stack.drop { $0 != block.name } + [block.name]).joined(separator: " → ")
      diagnostics.error("the block '\(block.name)' contains itself: \(cycle)", at: form.nameRange)
      return nil
    }
    if stack.count >= Self.maximumBlockDepth {
      diagnostics.error(
        "blocks are nested more than \(Self.maximumBlockDepth) levels deep", at: form.nameRange)
      return nil
    }
    guard let values = parameterValues(of: block, form) else { return nil }
    let body = substitution.apply(values, to: block.layers)
    if substitution.isExhausted {
      diagnostics.error(
        "the model is too large after blocks are expanded", at: form.nameRange)
      return nil
    }
    let note = Diagnostic.note("while expanding '\(block.name)' here", at: form.nameRange)
    let written = diagnostics.explaining(note) {
      layers(body, label: block.name, inside: stack + [block.name])
    }
    guard let (nodes, _) = written else { return nil }
    var arguments: OrderedDictionary<String, Resolved> = [:]
    for parameter in block.parameters {
      guard let value = values[parameter.name] else { continue }
      arguments[parameter.name] = Resolved(.raw(Template.escaped(value)), origin(of: value))
    }
    return (
      .block(block.name, nodes), Resolved(.component(block.name, arguments), origin(of: node))
    )
  }

  private func parameterValues(
    of block: BlockDefinition, _ form: ComponentForm
  ) -> [String: YAMLNode]? {
    if let value = form.value, value.mapping == nil, block.parameters.isEmpty {
      diagnostics.error("the block '\(block.name)' takes no parameters", at: value.range)
      return nil
    }
    let given = form.entries(main: block.parameters.first?.name)
    var values: [String: YAMLNode] = [:]
    var meant: Set<String> = []
    var isWhole = true
    for entry in given {
      if block.parameters.contains(where: { $0.name == entry.key }) {
        values[entry.key] = entry.value
      } else {
        isWhole = false
        let names = block.parameters.map(\.name)
        if let name = Suggestion.nearest(to: entry.key, among: names) { meant.insert(name) }
        diagnostics.error(
          "unknown parameter '\(entry.key)' in '\(block.name)'", at: entry.keyRange,
          hint: unknownHint(entry.key, names))
      }
    }
    for parameter in block.parameters where values[parameter.name] == nil {
      if let fallback = parameter.fallback {
        values[parameter.name] = fallback
      } else {
        isWhole = false
        if meant.contains(parameter.name) { continue }
        diagnostics.error(
          "'\(block.name)' needs '\(parameter.name)'", at: form.nameRange,
          notes: [.note("the parameter is declared here", at: parameter.range)])
      }
    }
    return isWhole ? values : nil
  }
}
