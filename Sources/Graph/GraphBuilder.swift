import Diagnostics
import ExperimentConfig

/// Writes a model's nodes out into one list, connects them and proves every shape.
package struct GraphBuilder {
  /// A model with more values than this in one tensor is a typing error.
  static let maximumTensor = 1 << 36

  private let registry: LayerRegistry
  private let diagnostics: DiagnosticCollector
  private var nodes: [Graph.Node?] = []
  private var shapes: [Shape?] = []
  private var used: Set<Graph.Source> = []
  private var connectionErrors = 0
  private let input: Shape

  /// Builds the graph of a model.
  ///
  /// - Parameters:
  ///   - input: the shape of one example after the transforms.
  ///   - head: the layers that a new task replaces; `nil` for the last one with parameters.
  ///   - outputs: the size of the last layer that loss and data set ask for.
  /// - Returns: nothing where there were errors; all of them are in `diagnostics`.
  package static func build(
    _ model: [ModelNode], input: Shape, head: [ParameterPattern]? = nil,
    outputs: OutputRequirement?, registry: LayerRegistry, diagnostics: DiagnosticCollector
  ) -> Graph? {
    let before = diagnostics.errorCount
    var builder = GraphBuilder(registry: registry, diagnostics: diagnostics, input: input)
    let output = builder.list(model, path: "", input: .input)
    builder.checkOutput(output, model, outputs)
    guard diagnostics.errorCount == before else { return nil }
    let graph = Graph(input: input, nodes: builder.nodes.compactMap(\.self), output: output)
    guard let head else { return graph }
    return ParameterMatcher(graph, diagnostics: diagnostics).graph(withHead: head)
  }

  private init(registry: LayerRegistry, diagnostics: DiagnosticCollector, input: Shape) {
    self.registry = registry
    self.diagnostics = diagnostics
    self.input = input
  }

  /// Adds the nodes of a list and returns the last one's output.
  private mutating func list(
    _ items: [ModelNode], path: String, input: Graph.Source
  )
    -> Graph.Source
  {
    var names = NodeNames(items, diagnostics: diagnostics)
    var outputs: [Graph.Source] = []
    let before = connectionErrors
    for (index, item) in items.enumerated() {
      let sources: [Graph.Source]
      if let from = item.from {
        sources = from.compactMap { reference in
          names.resolve(reference, from: index, diagnostics: diagnostics).map {
            $0 < 0 ? input : outputs[$0]
          }
        }
        if sources.count != from.count {
          connectionErrors += 1
          used.formUnion(sources)
          outputs.append(unknown())
          continue
        }
      } else {
        sources = [outputs.last ?? input]
      }
      let place = (path.isEmpty ? "" : path + ".") + (item.name?.name ?? String(index))
      outputs.append(add(item, place, sources))
    }
    // Where an arrow is wrong, the node it should have come from only looks unused.
    if connectionErrors > before || names.hasErrors { return outputs.last ?? input }
    for (index, item) in items.dropLast().enumerated() where !used.contains(outputs[index]) {
      let name = item.name.map { "'\($0.name)'" } ?? "'\(item.label)'"
      diagnostics.error("unused node \(name): nothing takes its output", at: item.nameRange)
    }
    return outputs.last ?? input
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
      diagnostics.enter(.note("while writing out '\(name)' here", at: item.nameRange))
      defer { diagnostics.leave() }
      return list(body, path: path, input: sources[0])
    case .model(let name, let body):
      diagnostics.enter(.note("while writing out '\(name)' here", at: item.nameRange))
      defer { diagnostics.leave() }
      return list(body, path: "", input: sources[0])
    case .layer(let component):
      used.formUnion(sources)
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
      let isJoining = type.inputCount.lowerBound > 1
      diagnostics.error(
        isJoining
          ? "'\(component.name)' joins at least \(type.inputCount.lowerBound) nodes"
          : "'\(component.name)' takes one input, not \(sources.count)",
        at: item.nameRange, hint: isJoining ? "name them with from: [a, b]" : nil)
      return unknown()
    }
    // After an error the shapes behind it are unknown, and complaining about them would be noise.
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

  /// Messages start with a verb (`needs …`) or with a clause of their own (`the window is …`).
  private static func joined(_ message: String) -> String {
    ["the ", "nothing ", "["].contains { message.hasPrefix($0) }
      ? "cannot work: " + message : message
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
      "the model gives \(shape), but \(requirement.reason) needs \(requirement.shape)",
      at: last.nameRange,
      hint: Self.remedy(last, size, isUnflattened: shape.rank > 1))
  }

  private static func remedy(_ last: ModelNode, _ size: Int, isUnflattened: Bool) -> String {
    if case .model(let name, _) = last.kind { return "write \(name): {classes: \(size)}" }
    if isUnflattened { return "flatten before the last linear layer" }
    return last.label == "linear" ? "write linear: \(size)" : "end the model with linear: \(size)"
  }

  private func shape(of source: Graph.Source) -> Shape? {
    if case .node(let index) = source { shapes[index] } else { input }
  }

  private mutating func unknown() -> Graph.Source {
    nodes.append(nil)
    shapes.append(nil)
    return .node(nodes.count - 1)
  }
}

/// The output that the loss wants for the data set's classes.
package struct OutputRequirement: Sendable {
  package let shape: Shape
  /// `cross_entropy on 10 classes`.
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
