import Graph
import Torch

extension LayerChain {
  /// The nodes that the chain computes.
  func members(in graph: Graph) -> [Int] {
    var members = [anchor]
    if let norm { members.append(norm) }
    while let last = members.last, last != end {
      // Every inner node of a chain has one reader.
      guard
        let next = graph.nodes.indices.first(where: { graph.nodes[$0].inputs.contains(.node(last)) }
        )
      else { break }
      members.append(next)
    }
    return members
  }

  /// The steps that compute `nodes`: the chains, and each layer that is in none of them.
  static func steps(
    of nodes: [Int], _ chains: [LayerChain], in graph: Graph
  ) -> [InferenceStage.Step] {
    let chainByEnd = Dictionary(uniqueKeysWithValues: chains.map { ($0.end, $0) })
    let inner = Set(chains.flatMap { chain in chain.members(in: graph).filter { $0 != chain.end } })
    return nodes.sorted().filter { !inner.contains($0) }.map { node in
      guard let chain = chainByEnd[node] else { return (node, graph.nodes[node].inputs) }
      let input = graph.nodes[chain.anchor].inputs[0]
      return (node, [input] + (chain.residual.map { [$0] } ?? []))
    }
  }
}

extension Model {
  /// The chain as one layer with the model's current weights, for batches of `rows` examples.
  ///
  /// - Parameter repeated: if given, the layer takes the single channel that others follow from.
  func packed(
    _ chain: LayerChain, rows: Int, from repeated: RepeatedChannel? = nil
  ) throws -> PackedLayer {
    try withNoGrad { () throws -> PackedLayer in
      let node = graph.nodes[chain.anchor]
      let (weight, bias) = try foldedWeights(chain)
      switch node.operation {
      case .conv2d(let conv):
        var input = [rows] + graph.shape(of: node.inputs[0]).dims
        input[2] += conv.extraPadding.height
        input[3] += conv.extraPadding.width
        if let repeated {
          let single = try repeated.folded(
            weight: weight, bias: bias, stride: conv.stride.array, padding: conv.padding.array,
            size: Array(input[2...]))
          input[1] = 1
          return try PackedLayer.conv2d(
            weight: single.weight, addend: single.addend, stride: conv.stride.array,
            padding: conv.padding.array, input: input)
        }
        return try PackedLayer.conv2d(
          weight: weight, bias: bias, stride: conv.stride.array, padding: conv.padding.array,
          dilation: conv.dilation.array, groups: conv.groups, input: input)
      default:
        let inner = graph.shape(of: node.inputs[0]).dims.dropLast().reduce(1, *)
        return try PackedLayer.linear(weight: weight, bias: bias, rows: rows * inner)
      }
    }
  }

  /// The chain's input, with the zeros that `padding: same` adds at the bottom and right only.
  func padded(_ input: Tensor, _ chain: LayerChain) throws -> Tensor {
    guard case .conv2d(let conv) = graph.nodes[chain.anchor].operation else { return input }
    return try Lowering.pad(input, conv.extraPadding)
  }

  /// Weight and bias with the batch normalisation folded in, computed in float64 and rounded once.
  ///
  /// γ (w x + b - μ) / √(σ² + ε) + β = (s w) x + (s (b - μ) + β) with s = γ / √(σ² + ε)
  private func foldedWeights(_ chain: LayerChain) throws -> (weight: Tensor, bias: Tensor?) {
    let own = tensors(of: chain.anchor)
    guard let weight = own["weight"] else {
      throw TorchError(operation: graph.nodes[chain.anchor].path, message: "it has no weight")
    }
    guard let norm = chain.norm, case .batchNorm(_, let eps) = graph.nodes[norm].operation else {
      return (weight, own["bias"])
    }
    let statistics = tensors(of: norm)
    guard let mean = statistics["running_mean"], let variance = statistics["running_var"] else {
      throw TorchError(operation: graph.nodes[norm].path, message: "it has no statistics")
    }
    let one = try Tensor.ones(mean.shape, dtype: .float64)
    var scale = try one.div(variance.to(.float64).add(eps).sqrt())
    if let gamma = statistics["weight"] { scale = try scale.mul(gamma.to(.float64)) }
    var shift = try mean.to(.float64).mul(-1)
    if let bias = own["bias"] { shift = try shift.add(bias.to(.float64)) }
    shift = try shift.mul(scale)
    if let beta = statistics["bias"] { shift = try shift.add(beta.to(.float64)) }
    let rows = [scale.numel] + Array(repeating: 1, count: weight.dim - 1)
    let scaled = try weight.to(.float64).mul(scale.view(rows))
    return (try scaled.to(.float32), try shift.to(.float32))
  }
}
