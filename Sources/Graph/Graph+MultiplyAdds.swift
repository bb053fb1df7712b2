extension Graph {
  /// The multiplications that convolutions and matrix products make for one example, each with its addition: what
  /// publications and torchvision call the model's operations, or MACs. ``flops`` counts both, and besides them
  /// biases, normalizations and activations.
  package var multiplyAdds: Int {
    nodes.reduce(0) { Saturating.add($0, multiplyAdds(of: $1)) }
  }

  /// The part of ``multiplyAdds`` of one node.
  package func multiplyAdds(of node: Node) -> Int {
    let weight = node.parameters.first { $0.name == "weight" }
    switch node.operation {
    case .conv2d, .linear:
      guard let weight, let outputs = weight.shape.first, outputs > 0 else { return 0 }
      return Saturating.multiply(node.output.count, weight.count / outputs)
    case .convTranspose:
      // Every input value is multiplied by the weights of its channel.
      guard let weight, let inputs = weight.shape.first, inputs > 0 else { return 0 }
      return Saturating.multiply(shape(of: node.inputs[0]).count, weight.count / inputs)
    case .attention:
      // The four projections are matrices of the node; the two products are of queries, keys and values.
      let inputs = node.inputs.map { shape(of: $0) }
      guard let query = inputs.first, let key = inputs.dropFirst().first ?? inputs.first,
        query.rank == 2, key.rank == 2
      else { return 0 }
      let products = Saturating.product(2, query.dims[0], key.dims[0], query.dims[1])
      return node.parameters.filter { $0.shape.count == 2 }.reduce(products) { sum, matrix in
        let ofQuery = matrix.name == "out_proj.weight" || matrix.name == "q_proj_weight"
        let positions = (ofQuery || inputs.count == 1 ? query : key).dims[0]
        return Saturating.add(sum, Saturating.multiply(positions, matrix.count))
      }
    default: return 0
    }
  }
}
