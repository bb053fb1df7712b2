import Diagnostics
import ExperimentConfig

extension GraphBuilder {
  /// Adds a layer and returns its output, which is unknown after an error.
  mutating func layer(
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
      let plan =
        try (layer as? any InspectedLayer)?.plan(inputs, node: path, by: modules)
        ?? layer.plan(inputs)
      try checkSize(plan)
      let parameterPath = parameterPath(path)
      try recordParameters(plan, path, parameterPath)
      nodes.append(
        Graph.Node(
          path: path, layer: component.name,
          inputs: Array(sources.prefix(plan.readInputs ?? sources.count)), output: plan.output,
          operation: plan.operation, parameters: plan.parameters, flops: plan.flops,
          range: item.nameRange, parameterPath: parameterPath))
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

  /// Records the parameters of a layer, or checks that another node has those that it takes from it.
  private mutating func recordParameters(
    _ plan: LayerPlan, _ path: String, _ owner: String
  ) throws(ShapeMismatch) {
    if path != owner, !plan.parameters.isEmpty, case .torchScript = plan.operation {
      throw ShapeMismatch("keeps its parameters in its file and cannot use those of '\(owner)'")
    }
    for parameter in plan.parameters {
      let name = parameter.name(at: owner)
      guard path != owner else {
        parameterShapes[name] = parameter.shape
        continue
      }
      guard let shape = parameterShapes[name] else {
        throw ShapeMismatch("uses the parameters of '\(owner)', which has no '\(parameter.name)'")
      }
      guard shape == parameter.shape else {
        throw ShapeMismatch(
          "uses '\(name)', whose shape is \(shape), but its input needs \(parameter.shape)")
      }
    }
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
}
