import Graph
import Torch

/// Layers that inference computes as one: a convolution or linear layer with the batch normalisation,
/// the addition and the activation that follow it, each of which may be missing.
struct LayerChain: Equatable {
  /// The convolution or linear layer.
  let anchor: Int
  /// The batch normalisation, which goes into the weights.
  var norm: Int?
  /// The value that is added.
  var residual: Graph.Source?
  var activation: PackedLayer.Activation?
  /// The last layer, whose output the chain computes. All that the chain reads is computed before it.
  var end: Int

  private init(anchor: Int) {
    self.anchor = anchor
    end = anchor
  }

  /// The chains among `nodes`. A layer's output is only fused away if exactly one other layer reads it and
  /// it is not `wanted`.
  static func chains(in graph: Graph, nodes: [Int], wanted: Graph.Source) -> [LayerChain] {
    var readers: [Int: [Int]] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for case .node(let source) in node.inputs { readers[source, default: []].append(index) }
    }
    let members = Set(nodes)
    var taken: Set<Int> = []

    /// The only layer that reads the chain's output so far, if it can join the chain.
    func follower(_ end: Int) -> Int? {
      guard wanted != .node(end), let all = readers[end], all.count == 1, members.contains(all[0]),
        !taken.contains(all[0])
      else { return nil }
      return all[0]
    }

    var chains: [LayerChain] = []
    for anchor in nodes.sorted() {
      let isConvolution: Bool
      switch graph.nodes[anchor].operation {
      case .conv2d: isConvolution = true
      case .linear: isConvolution = false
      default: continue
      }
      var chain = LayerChain(anchor: anchor)
      if let next = follower(chain.end), graph.nodes[next].hasStoredStatistics,
        isConvolution || graph.nodes[anchor].output.dims.count == 1
      {
        chain.norm = next
        chain.end = next
      }
      if isConvolution, let next = follower(chain.end),
        let residual = graph.addend(next, besides: chain.end)
      {
        chain.residual = residual
        chain.end = next
        taken.insert(next)
      }
      if let next = follower(chain.end),
        let activation = PackedLayer.Activation(graph.nodes[next].operation)
      {
        chain.activation = activation
        chain.end = next
      }
      chains.append(chain)
    }
    return chains
  }
}

extension Graph.Node {
  /// Whether it is a batch normalisation with stored statistics.
  var hasStoredStatistics: Bool {
    guard case .batchNorm = operation else { return false }
    return parameters.contains { $0.name == "running_mean" }
  }
}

extension PackedLayer.Activation {
  /// The activation of a layer; `nil` if it is none, or one that cannot be fused.
  fileprivate init?(_ operation: Operation) {
    switch operation {
    case .activation(.relu): self = .relu
    case .activation(.relu6): self = .relu6
    case .activation(.hardswish): self = .hardswish
    case .activation(.silu): self = .silu
    default: return nil
    }
  }
}

extension Graph {
  /// The other operand if a node adds a value of the same shape to the output of `source`.
  func addend(_ index: Int, besides source: Int) -> Graph.Source? {
    let node = nodes[index]
    guard case .add = node.operation, node.inputs.count == 2 else { return nil }
    let other = node.inputs[0] == .node(source) ? node.inputs[1] : node.inputs[0]
    let shape = shape(of: other)
    return shape == node.output && nodes[source].output == shape ? other : nil
  }
}
