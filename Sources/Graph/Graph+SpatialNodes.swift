import Diagnostics

/// The layers whose outputs have a height and a width.
extension Graph {
  /// The nodes that the main output depends on and whose outputs are [channels, height, width], more than one pixel.
  package var spatialNodes: [Int] {
    needed(for: [mainOutput.source]).filter { index in
      let dims = nodes[index].output.dims
      return dims.count == 3 && Saturating.multiply(dims[1], dims[2]) > 1
    }
  }

  /// The last such node before the head; of a detector, the last of its backbone. `nil` if there is none.
  package var lastSpatialNode: Int? {
    let spatial = spatialNodes
    if shape(of: mainOutput.source).rank == 2, let part = parts.first,
      let last = spatial.last(where: { nodes[$0].path.hasPrefix(part.path + ".") })
    {
      return last
    }
    var isBehind = Array(repeating: false, count: nodes.count)
    for (index, node) in nodes.enumerated() {
      isBehind[index] =
        node.parameters.contains { headParameters.contains(node.name(of: $0)) }
        || node.inputs.contains { input in
          if case .node(let source) = input { isBehind[source] } else { false }
        }
    }
    return spatial.last { !isBehind[$0] }
  }

  /// The node of a layer whose output has a height and a width.
  ///
  /// - Parameter name: its path, or that of a block, which means the last such layer in it; `nil` for
  ///   ``lastSpatialNode``.
  /// - Throws: ``InputError`` if there is none.
  package func spatialNode(named name: String? = nil) throws(InputError) -> Int {
    let spatial = spatialNodes
    guard let name else {
      if let last = lastSpatialNode { return last }
      throw InputError(
        "no layer of this model before its head has an output with a height and a width, which class "
          + "activation maps and feature maps need",
        hint: "saliency, input_x_gradient, integrated_gradients and occlusion work for every model")
    }
    if let found = spatial.first(where: { nodes[$0].path == name })
      ?? spatial.last(where: { nodes[$0].path.hasPrefix(name + ".") })
    {
      return found
    }
    if let other = nodes.first(where: { $0.path == name }) {
      throw InputError(
        "the output of layer '\(name)' is \(other.output): it has no height and width, or the prediction "
          + "does not depend on it",
        hint: lastSpatialNode.map { "the last layer that has both is '\(nodes[$0].path)'" })
    }
    throw InputError(
      "the model has no layer '\(name)'",
      hint: Suggestion.hint(for: name, among: spatial.map { nodes[$0].path })
        ?? "'runner check' of the run's experiment lists the layers")
  }
}
