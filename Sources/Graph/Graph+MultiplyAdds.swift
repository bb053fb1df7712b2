extension Graph {
  /// The multiplications that convolutions and matrix products make for one example, each with its addition: what
  /// publications and torchvision call the model's operations, or MACs. ``flops`` counts both, and besides them
  /// biases, normalizations and activations.
  package var multiplyAdds: Int {
    nodes.reduce(0) { Saturating.add($0, multiplyAdds(of: $1)) }
  }

  private func multiplyAdds(of node: Node) -> Int {
    let weight = node.parameters.first { $0.name == "weight" }
    switch node.operation {
    case .conv2d, .linear:
      guard let weight, let outputs = weight.shape.first, outputs > 0 else { return 0 }
      return Saturating.multiply(node.output.count, weight.count / outputs)
    default: return 0
    }
  }
}
