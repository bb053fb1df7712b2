import Diagnostics
import ExperimentConfig

/// Expands a model into one list of nodes, connects them and infers every shape.
package struct GraphBuilder {
  /// The maximum number of values in a tensor; a larger one is assumed to be a typing error.
  static let maximumTensor = 1 << 36

  private let registry: LayerRegistry
  private let diagnostics: DiagnosticCollector
  private var nodes: [Graph.Node?] = []
  private var shapes: [Shape?] = []
  private var used: Set<Graph.Source> = []
  private var connectionErrors = 0
  private let inputs: [Graph.Input]

  /// Builds the graph of a model.
  ///
  /// - Parameters:
  ///   - inputs: the model's inputs for one example, after the transforms.
  ///   - output: the name of the target, which the last layer predicts.
  ///   - requirement: the shape of the last layer's output that the loss needs.
  ///   - head: the layers that a new task replaces; `nil` for the last layer with parameters.
  /// - Returns: `nil` after errors, all of which are in `diagnostics`.
  package static func build(
    _ model: [ModelNode], inputs: [Graph.Input], output: String, requirement: OutputRequirement?,
    head: [ParameterPattern]? = nil, registry: LayerRegistry, diagnostics: DiagnosticCollector
  ) -> Graph? {
    let before = diagnostics.errorCount
    var builder = GraphBuilder(registry: registry, diagnostics: diagnostics, inputs: inputs)
    let last = builder.list(model, path: "", NodeScope(inputs.map(\.name)))
    builder.checkOutput(last, model, requirement)
    guard diagnostics.errorCount == before else { return nil }
    let graph = Graph(
      inputs: inputs, nodes: builder.nodes.compactMap(\.self),
      outputs: [Graph.Output(output, last)])
    guard let head else { return graph }
    return ParameterMatcher(graph, diagnostics: diagnostics).graph(withHead: head)
  }

  private init(
    registry: LayerRegistry, diagnostics: DiagnosticCollector, inputs: [Graph.Input]
  ) {
    self.registry = registry
    self.diagnostics = diagnostics
    self.inputs = inputs
  }

  /// Adds the nodes of a list and returns the last one's output.
  private mutating func list(
    _ items: [ModelNode], path: String, _ scope: NodeScope
  ) -> Graph.Source {
    var names = NodeNames(items, scope, diagnostics: diagnostics)
    var outputs: [Graph.Source] = []
    let before = connectionErrors
    for (index, item) in items.enumerated() {
      guard let sources = sources(of: item, index, outputs, &names) else {
        connectionErrors += 1
        outputs.append(unknown())
        continue
      }
      let place = (path.isEmpty ? "" : path + ".") + (item.name?.name ?? String(index))
      outputs.append(add(item, place, sources))
    }
    let output = outputs.last ?? unknown()
    // After a wrong reference, a node may only appear to be unused.
    if connectionErrors > before || names.hasErrors { return output }
    for (index, item) in items.dropLast().enumerated() where !used.contains(outputs[index]) {
      let name = item.name.map { "'\($0.name)'" } ?? "'\(item.label)'"
      diagnostics.error("unused node \(name): no layer takes its output", at: item.nameRange)
    }
    for input in scope.inputs where !used.contains(input.source) {
      diagnostics.error(
        "unused input '\(input.name)': no layer takes it", at: items.first?.nameRange,
        hint: "write from: \(input.name) in the layer that takes it")
    }
    return output
  }

  /// The inputs of a node; `nil` after an error, which has been reported.
  private mutating func sources(
    of item: ModelNode, _ index: Int, _ outputs: [Graph.Source], _ names: inout NodeNames
  ) -> [Graph.Source]? {
    guard let from = item.from else {
      if let previous = outputs.last { return [previous] }
      return names.defaultInput(for: item.label, at: item.nameRange, diagnostics: diagnostics)
        .map { [$0] }
    }
    let sources = from.compactMap { reference -> Graph.Source? in
      switch names.resolve(reference, from: index, diagnostics: diagnostics) {
      case .input(let source)?: source
      case .node(let index)?: outputs[index]
      case nil: nil
      }
    }
    if sources.count == from.count { return sources }
    used.formUnion(sources)
    return nil
  }

  private mutating func add(
    _ item: ModelNode, _ path: String, _ sources: [Graph.Source]
  ) -> Graph.Source {
    switch item.kind {
    case .block(let name, let body):
      guard sources.count == 1 else {
        connectionErrors += 1
        diagnostics.error(
          "the block '\(name)' takes one input, not \(sources.count)", at: item.nameRange)
        return unknown()
      }
      used.insert(sources[0])
      diagnostics.enter(.note("while expanding '\(name)' here", at: item.nameRange))
      defer { diagnostics.leave() }
      return list(body, path: path, NodeScope(blockInput: sources[0]))
    case .model(let name, let body):
      diagnostics.enter(.note("while expanding '\(name)' here", at: item.nameRange))
      defer { diagnostics.leave() }
      return list(body, path: "", NodeScope(blockInput: sources[0]))
    case .layer(let component):
      if registry.find(component.name)?.readsValues != false { used.formUnion(sources) }
      return layer(component, item, path, sources)
    }
  }

  private mutating func layer(
    _ component: ResolvedComponent, _ item: ModelNode, _ path: String, _ sources: [Graph.Source]
  ) -> Graph.Source {
    guard let type = registry.find(component.name) else {
      diagnostics.error("unknown layer '\(component.name)'", at: item.nameRange)
      return unknown()
    }
    guard type.inputCount.contains(sources.count) else {
      connectionErrors += 1
      diagnostics.error(
        Self.refusal(of: sources.count, by: type), at: item.nameRange,
        hint: type.inputCount.lowerBound > 1 ? "name them with from: [a, b]" : nil)
      return unknown()
    }
    // After an error the shapes that follow are unknown, and further errors would be noise.
    let inputs = sources.compactMap { shape(of: $0) }
    guard inputs.count == sources.count else { return unknown() }
    do {
      let layer = try type.init(component.arguments)
      let plan = try layer.plan(inputs)
      try checkSize(plan)
      nodes.append(
        Graph.Node(
          path: path, layer: component.name, inputs: sources, output: plan.output,
          operation: plan.operation, parameters: plan.parameters, flops: plan.flops,
          range: item.nameRange))
      shapes.append(plan.output)
      return .node(nodes.count - 1)
    } catch let error as ShapeMismatch {
      let place = error.argument.flatMap { component.arguments.range($0) }
      let isHere = place?.file.kind != .builtIn
      let message =
        error.message.hasPrefix("'")
        ? error.message : "'\(component.name)' \(Self.joined(error.message))"
      diagnostics.error(
        message, at: isHere ? place ?? item.nameRange : item.nameRange, hint: error.hint)
    } catch {
      diagnostics.error("\(error)", at: item.nameRange)
    }
    return unknown()
  }

  /// The message about a wrong number of inputs.
  private static func refusal(of count: Int, by type: any Layer.Type) -> String {
    let (name, allowed) = (type.schema.name, type.inputCount)
    if allowed.upperBound == 1 { return "'\(name)' takes one input, not \(count)" }
    if allowed.count == 1 { return "'\(name)' joins \(allowed.lowerBound) nodes, not \(count)" }
    return count < allowed.lowerBound
      ? "'\(name)' joins at least \(allowed.lowerBound) nodes"
      : "'\(name)' takes at most \(allowed.upperBound) inputs, not \(count)"
  }

  /// Adapts a message to follow a layer's name. Messages start with a verb (`needs …`) or are a clause of their
  /// own (`the window is …`).
  private static func joined(_ message: String) -> String {
    ["the ", "["].contains { message.hasPrefix($0) }
      ? "cannot be applied: " + message : message
  }

  private func checkSize(_ plan: LayerPlan) throws(ShapeMismatch) {
    let largest = plan.parameters.map(\.count).max() ?? 0
    if max(largest, plan.output.count) > Self.maximumTensor {
      throw ShapeMismatch(
        "would need a tensor of more than \(NumberText.grouped(Self.maximumTensor)) values")
    }
  }

  private func checkOutput(
    _ output: Graph.Source, _ model: [ModelNode], _ requirement: OutputRequirement?
  ) {
    guard let requirement, let shape = shape(of: output), let last = model.last else { return }
    if shape == requirement.shape { return }
    let size = requirement.shape.count
    diagnostics.error(
      "the model outputs \(shape), but \(requirement.reason) needs \(requirement.shape)",
      at: last.nameRange,
      hint: requirement.shape.rank == 3
        ? Self.remedy(shape, requirement.shape)
        : Self.remedy(last, size, isUnflattened: shape.rank > 1))
  }

  /// How to get scores of each pixel.
  private static func remedy(_ shape: Shape, _ wanted: Shape) -> String {
    let last = "end the model with conv2d: {out_channels: \(wanted.dims[0]), kernel_size: 1}"
    if shape.rank != 3 { return "the output needs a height and a width; " + last }
    if shape.dims[0] != wanted.dims[0] { return last }
    return
      "the output must be as large as the image: pad or resize the images to a multiple of the model's "
      + "total stride, and upsample as often as the model halves"
  }

  private static func remedy(_ last: ModelNode, _ size: Int, isUnflattened: Bool) -> String {
    if case .model(let name, _) = last.kind { return "write \(name): {classes: \(size)}" }
    if isUnflattened { return "flatten before the last linear layer" }
    return last.label == "linear" ? "write linear: \(size)" : "end the model with linear: \(size)"
  }

  private func shape(of source: Graph.Source) -> Shape? {
    switch source {
    case .input(let index): inputs[index].shape
    case .node(let index): shapes[index]
    }
  }

  private mutating func unknown() -> Graph.Source {
    nodes.append(nil)
    shapes.append(nil)
    return .node(nodes.count - 1)
  }
}

/// The output shape that the loss needs for the data set's targets.
package struct OutputRequirement: Sendable {
  package let shape: Shape
  /// The reason, such as `cross_entropy on 10 classes`.
  package let reason: String

  package init(shape: Shape, reason: String) {
    self.shape = shape
    self.reason = reason
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
