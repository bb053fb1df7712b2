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
}
