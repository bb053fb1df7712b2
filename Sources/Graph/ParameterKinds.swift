extension Graph.Node {
  /// Whether this is a normalisation layer, such as `batch_norm2d` or `layer_norm`.
  package var isNormalisation: Bool { layer.contains("norm") }
}

extension Graph {
  /// Whether a parameter is a bias: `bias`, `in_proj_bias` of attention or `bias_ih_l0` of a recurrent
  /// layer, also within a module of its node, such as `out_proj.bias`.
  package static func isBias(_ parameter: Parameter) -> Bool {
    let name = parameter.spec.name.split(separator: ".").last ?? ""
    return name == "bias" || name.hasSuffix("_bias") || name.hasPrefix("bias_")
  }

  /// Whether a parameter belongs to a normalisation layer. In a TorchScript file, the weights of one dimension are
  /// taken for those of normalisations, with their biases.
  func isOfNormalisation(_ parameter: Parameter) -> Bool {
    let node = nodes[parameter.node]
    guard node.moduleFile != nil else { return node.isNormalisation }
    let siblings = node.parameters.filter {
      $0.role == .parameter && $0.module == parameter.spec.module
    }
    return siblings.allSatisfy { $0.shape.count == 1 }
      && siblings.contains { $0.name.split(separator: ".").last == "weight" }
  }
}
