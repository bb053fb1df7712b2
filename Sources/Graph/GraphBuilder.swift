import Diagnostics
import ExperimentConfig

/// Expands a model into one list of nodes, connects them and infers every shape.
package struct GraphBuilder {
  /// The maximum number of values in a tensor; a larger one is assumed to be a typing error.
  static let maximumTensor = 1 << 36

  let registry: LayerRegistry
  let modules: any ModuleInspector
  let diagnostics: DiagnosticCollector
  var nodes: [Graph.Node?] = []
  var shapes: [Shape?] = []
  private var used: Set<Graph.Source> = []
  var connectionErrors = 0
  let inputs: [Graph.Input]
  /// The outputs that the experiment names.
  private let requested: [ModelNode.Reference]
  /// What a built-in model gives that is the whole model.
  private var whole: (outputs: [ModelNode.Reference], sources: [Graph.Source])?
  /// The values of all nodes, blocks and models so far, by their paths.
  private var values: [String: Graph.Source] = [:]
  /// The paths of blocks and models of which a layer outside takes an inner value.
  private var opened: Set<String> = []
  /// The paths of inner values that layers of the lists being read take.
  private var wanted: [String] = []
  /// The built-in models inside the model, with their paths.
  private var parts: [(model: String, path: String)] = []
  /// The paths whose nodes own the parameters of the nodes at these paths.
  private var owners: [String: String] = [:]
  /// The shapes of all parameters and buffers so far, by their names.
  var parameterShapes: [String: [Int]] = [:]

  /// Builds the graph of a model.
  ///
  /// - Parameters:
  ///   - inputs: the model's inputs for one example, after the transforms.
  ///   - output: the name of the target, which the main output predicts.
  ///   - outputs: the nodes that the model's outputs come from, the main one first; empty for the last layer, or
  ///     for what a built-in model declares.
  ///   - requirement: the shape of the main output that the loss needs.
  ///   - head: the layers that a new task replaces; `nil` for those that a built-in model declares, or the last
  ///     layer with parameters before each output.
  ///   - modules: tells what is in the TorchScript files.
  /// - Returns: `nil` after errors, all of which are in `diagnostics`.
  package static func build(
    _ model: [ModelNode], inputs: [Graph.Input], output: String,
    outputs: [ModelNode.Reference] = [], requirement: OutputRequirement?,
    head: [ParameterPattern]? = nil, registry: LayerRegistry,
    modules: any ModuleInspector = NoModules(), diagnostics: DiagnosticCollector
  ) -> Graph? {
    let before = diagnostics.errorCount
    var builder = GraphBuilder(
      registry: registry, modules: modules, diagnostics: diagnostics, inputs: inputs,
      requested: outputs)
    let scope = NodeScope(inputs.map(\.name))
    let isWhole = if case .model? = model.first?.kind { true } else { false }
    let own = builder.list(model, path: "", scope, outputs: isWhole ? [] : outputs)
    let (named, sources) = builder.whole ?? (outputs, own)
    builder.checkNames(named, main: output)
    builder.checkOutput(sources[0], model, named.first, requirement)
    guard diagnostics.errorCount == before else { return nil }
    let graph = builder.graph(
      [Graph.Output(output, sources[0])]
        + zip(named, sources).dropFirst().map { Graph.Output($0.name, $1) },
      head: isWhole ? model.first?.declarations?.head : nil)
    guard let head else { return graph }
    return ParameterMatcher(graph, diagnostics: diagnostics).graph(withHead: head)
  }

  private init(
    registry: LayerRegistry, modules: any ModuleInspector, diagnostics: DiagnosticCollector,
    inputs: [Graph.Input], requested: [ModelNode.Reference]
  ) {
    self.registry = registry
    self.modules = modules
    self.diagnostics = diagnostics
    self.inputs = inputs
    self.requested = requested
  }

  /// The nodes that the outputs depend on. Only layers of built-in models, and of blocks of which inner values are
  /// taken, can be superfluous; other unused nodes are errors.
  private func graph(_ outputs: [Graph.Output], head: [ParameterPattern]?) -> Graph {
    let all = nodes.compactMap(\.self)
    let kept = Graph.needed(for: outputs.map(\.source), among: all)
    let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    func moved(_ source: Graph.Source) -> Graph.Source {
      if case .node(let index) = source { .node(places[index] ?? index) } else { source }
    }
    let left = Set(all.indices).subtracting(kept).sorted().map { all[$0] }
    let parts = parts.map { part in
      let prefix = part.path + "."
      let omitted = left.filter { $0.parameterPath.hasPrefix(prefix) && !$0.borrowsParameters }
        .flatMap { node in
          node.parameters.map {
            ParameterSpec(
              String(node.name(of: $0).dropFirst(prefix.count)), $0.shape, $0.initializer,
              role: $0.role)
          }
        }
      return Graph.Part(model: part.model, path: part.path, omitted: omitted)
    }
    let nodes = kept.map { index in
      let node = all[index]
      return Graph.Node(
        path: node.path, layer: node.layer, inputs: node.inputs.map(moved), output: node.output,
        operation: node.operation, parameters: node.parameters, flops: node.flops,
        range: node.range, parameterPath: node.parameterPath)
    }
    let declared = head.map { patterns in
      Set(
        nodes.flatMap { node in
          node.parameters.filter { $0.role == .parameter }.map(node.name(of:))
        }.filter { name in patterns.contains { $0.matches(name) } })
    }
    return Graph(
      inputs: inputs, nodes: nodes,
      outputs: outputs.map { Graph.Output($0.name, moved($0.source)) },
      headParameters: declared, parts: parts)
  }

  /// Adds the nodes of a list.
  ///
  /// - Parameters:
  ///   - outputs: the nodes whose values are wanted; empty for the last one.
  ///   - mayLeaveOut: whether nodes that nothing takes are left out instead of being errors.
  /// - Returns: the wanted values, at least one.
  private mutating func list(
    _ items: [ModelNode], path: String, _ scope: NodeScope,
    outputs wanted: [ModelNode.Reference] = [], mayLeaveOut: Bool = false
  ) -> [Graph.Source] {
    var names = NodeNames(items, scope, diagnostics: diagnostics)
    var outputs: [Graph.Source] = []
    let before = connectionErrors
    let inner = (items.flatMap { $0.from ?? [] } + wanted).map(\.name).filter { $0.contains(".") }
    self.wanted += inner.map { (path.isEmpty ? "" : path + ".") + $0 }
    defer { self.wanted.removeLast(inner.count) }
    for (index, item) in items.enumerated() {
      guard let sources = sources(of: index, in: items, path, outputs, &names) else {
        connectionErrors += 1
        outputs.append(unknown())
        continue
      }
      let place = Self.place(of: item, index, in: path)
      if let owner = item.weightsOf { borrow(owner, for: place, index, items, path, &names) }
      let value = add(item, place, sources)
      values[place] = value
      outputs.append(value)
    }
    var results = Array(outputs.suffix(1))
    if !wanted.isEmpty {
      results = []
      for reference in wanted {
        let target = names.resolve(reference, from: items.count, diagnostics: diagnostics)
        let found = target.flatMap { source(of: $0, reference, items, path, outputs) }
        if found == nil { connectionErrors += 1 }
        results.append(found ?? unknown())
      }
    }
    if results.isEmpty { results = [unknown()] }
    // After a wrong reference, a node may only appear to be unused.
    if mayLeaveOut || connectionErrors > before || names.hasErrors { return results }
    let taken = used.union(results)
    for (index, item) in items.enumerated() where !taken.contains(outputs[index]) {
      let place = Self.place(of: item, index, in: path)
      if opened.contains(place) || isWanted(place) { continue }
      let name = item.name.map { "'\($0.name)'" } ?? "'\(item.label)'"
      diagnostics.error("unused node \(name): no layer takes its output", at: item.nameRange)
    }
    for input in scope.inputs {
      // What a block takes counts as used outside it, whether the block uses it or not.
      let isNamed = scope.inputs.count == 1 || names.namedInputs.contains(input.name)
      if isNamed, used.contains(input.source) { continue }
      diagnostics.error(
        "unused input '\(input.name)': no layer takes it", at: items.first?.nameRange,
        hint: "write from: \(input.name) in the layer that takes it")
    }
    return results
  }

  /// Whether a layer that follows takes the value at a path, or one inside it.
  private func isWanted(_ place: String) -> Bool {
    wanted.contains { $0 == place || $0.hasPrefix(place + ".") }
  }

  /// Gives the node at `place` the parameters of another one.
  private mutating func borrow(
    _ owner: ModelNode.Reference, for place: String, _ index: Int, _ items: [ModelNode],
    _ path: String, _ names: inout NodeNames
  ) {
    guard let target = names.resolve(owner, from: index, diagnostics: diagnostics) else { return }
    let found: String
    switch target {
    case .input:
      diagnostics.error("'\(owner.name)' is an input and has no parameters", at: owner.range)
      return
    case .node(let node): found = Self.place(of: items[node], node, in: path)
    case .inside(let node, let inner):
      found = Self.place(of: items[node], node, in: path) + "." + inner
      if values[found] == nil {
        diagnostics.error("there is no node '\(owner.name)'", at: owner.range)
        return
      }
    }
    owners[place] = parameterPath(found)
  }

  /// The path under which the parameters of the node at a path are stored.
  func parameterPath(_ path: String) -> String {
    if owners.isEmpty { return path }
    var prefix = path[...]
    while true {
      if let owner = owners[String(prefix)] { return owner + path.dropFirst(prefix.count) }
      guard let dot = prefix.lastIndex(of: ".") else { return path }
      prefix = prefix[..<dot]
    }
  }

  private static func place(of item: ModelNode, _ index: Int, in path: String) -> String {
    (path.isEmpty ? "" : path + ".") + (item.name?.name ?? String(index))
  }

  /// The inputs of a node; `nil` after an error, which has been reported.
  private mutating func sources(
    of index: Int, in items: [ModelNode], _ path: String, _ outputs: [Graph.Source],
    _ names: inout NodeNames
  ) -> [Graph.Source]? {
    let item = items[index]
    guard let from = item.from else {
      if let previous = outputs.last { return [previous] }
      return names.defaultInput(for: item.label, at: item.nameRange, diagnostics: diagnostics)
        .map { [$0] }
    }
    var sources: [Graph.Source] = []
    for reference in from {
      let target = names.resolve(reference, from: index, diagnostics: diagnostics)
      if let target, let source = source(of: target, reference, items, path, outputs) {
        sources.append(source)
      }
    }
    if sources.count == from.count { return sources }
    used.formUnion(sources)
    return nil
  }

  /// The value that a reference in a list means; `nil` after an error, which has been reported.
  private mutating func source(
    of target: NodeNames.Target, _ reference: ModelNode.Reference, _ items: [ModelNode],
    _ path: String, _ outputs: [Graph.Source]
  ) -> Graph.Source? {
    switch target {
    case .input(let source): return source
    case .node(let index): return outputs[index]
    case .inside(let index, let inner):
      let place = Self.place(of: items[index], index, in: path)
      opened.insert(place)
      if let source = values["\(place).\(inner)"] { return source }
      // What an invalid node consists of is unknown.
      if shape(of: outputs[index]) == nil { return outputs[index] }
      let owner = String(reference.name.dropLast(inner.count + 1))
      if case .layer = items[index].kind {
        diagnostics.error("'\(owner)' is a layer and has no '\(inner)'", at: reference.range)
        return nil
      }
      let known = values.keys.filter { $0.hasPrefix(place + ".") }
        .map { String($0.dropFirst(place.count + 1)) }.sorted()
      diagnostics.error(
        "'\(owner)' has no node '\(inner)'", at: reference.range,
        hint: Suggestion.hint(for: inner, among: known)
          ?? SchemaText.known(known.filter { !$0.contains(".") }))
      return nil
    }
  }

  private mutating func add(
    _ item: ModelNode, _ path: String, _ sources: [Graph.Source]
  ) -> Graph.Source {
    switch item.kind {
    case .block(let name, let body):
      let count = max(1, item.inputs.count)
      guard sources.count == count else {
        connectionErrors += 1
        diagnostics.error(
          "the block '\(name)' takes \(count == 1 ? "one input" : "\(count) inputs"), not "
            + "\(sources.count)", at: item.nameRange,
          hint: count > 1 ? "name them with from: [\(item.inputs.joined(separator: ", "))]" : nil)
        return unknown()
      }
      used.formUnion(sources)
      if let model = item.declarations?.model { parts.append((model, path)) }
      diagnostics.enter(.note("while expanding '\(name)' here", at: item.nameRange))
      defer { diagnostics.leave() }
      // Of the outputs of a model inside another one, the first is its value.
      return list(
        body, path: path, NodeScope(block: item.inputs, sources),
        outputs: item.declarations?.outputs ?? [])[0]
    case .model(let name, let body):
      diagnostics.enter(.note("while expanding '\(name)' here", at: item.nameRange))
      defer { diagnostics.leave() }
      let outputs = requested.isEmpty ? item.declarations?.outputs ?? [] : requested
      let results = list(
        body, path: "", NodeScope(block: [], sources), outputs: outputs,
        mayLeaveOut: !requested.isEmpty)
      whole = (outputs, results)
      return results[0]
    case .layer(let component):
      let source = layer(component, item, path, sources)
      if registry.find(component.name)?.readsValues != false {
        let node: Graph.Node? = if case .node(let index) = source { nodes[index] } else { nil }
        used.formUnion(node?.inputs ?? sources)
      }
      return source
    }
  }

  func shape(of source: Graph.Source) -> Shape? {
    switch source {
    case .input(let index): inputs[index].shape
    case .node(let index): shapes[index]
    }
  }

  mutating func unknown() -> Graph.Source {
    nodes.append(nil)
    shapes.append(nil)
    return .node(nodes.count - 1)
  }
}

extension ModelNode {
  /// The layer's or block's name.
  package var label: String {
    switch kind {
    case .layer(let component): component.name
    case .block(let name, _), .model(let name, _): name
    }
  }
}
