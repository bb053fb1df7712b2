import Graph

/// The nodes that some outputs of a graph need, and how long their values are kept.
struct ForwardPass {
  let outputs: [Graph.Source]
  /// In order of computation.
  let nodes: [Int]
  /// For each node of the graph the last node of the pass that reads its output, which is released after that.
  let lastUse: [Int]
  /// The ReLUs that may overwrite their input, each with the node that computes it. Nothing else reads it, and that
  /// layer does not need it for its gradient. The values are the same, with less memory read and written.
  let overwriting: [Int: Int]
  /// Normalisations with what follows them, by their last layers, and the layers before these.
  let chains: [Int: NormChain]
  let inner: Set<Int>

  init(_ outputs: [Graph.Output], of graph: Graph) {
    let sources = outputs.map(\.source)
    let nodes = graph.needed(for: sources)
    var readers: [Int: Int] = [:]
    for index in nodes {
      for case .node(let source) in graph.nodes[index].inputs { readers[source, default: 0] += 1 }
    }
    for case .node(let output) in sources { readers[output, default: 0] += 1 }
    let chains = NormChain.chains(nodes, of: graph, readers: readers)
    let ends = Dictionary(uniqueKeysWithValues: chains.map { ($0.norm, $0.end) })
    var uses = Array(repeating: -1, count: graph.nodes.count)
    for index in nodes {
      for case .node(let source) in graph.nodes[index].inputs {
        uses[source] = max(uses[source], ends[index] ?? index)
      }
    }
    for chain in chains {
      if case .node(let source)? = chain.residual { uses[source] = max(uses[source], chain.end) }
    }
    for case .node(let output) in sources { uses[output] = .max }
    self.init(
      outputs: sources, nodes: nodes, lastUse: uses,
      overwriting: Self.overwriting(nodes, of: graph, readers: readers), chains: chains)
  }

  private init(
    outputs: [Graph.Source], nodes: [Int], lastUse: [Int], overwriting: [Int: Int],
    chains: some Sequence<NormChain>
  ) {
    self.outputs = outputs
    self.nodes = nodes
    self.lastUse = lastUse
    self.overwriting = overwriting
    self.chains = Dictionary(uniqueKeysWithValues: chains.map { ($0.end, $0) })
    inner = Set(chains.flatMap(\.inner))
  }

  private static func overwriting(
    _ nodes: [Int], of graph: Graph, readers: [Int: Int]
  ) -> [Int: Int] {
    var found: [Int: Int] = [:]
    for index in nodes {
      guard case .activation(.relu) = graph.nodes[index].operation,
        case .node(let source) = graph.nodes[index].inputs[0], readers[source] == 1
      else { continue }
      switch graph.nodes[source].operation {
      case .conv2d, .convTranspose, .linear, .batchNorm, .add: found[index] = source
      default: continue
      }
    }
    return found
  }

  /// The part of the pass after a frozen prefix.
  func behind(_ prefix: FrozenPrefix) -> ForwardPass {
    // The output of the prefix is the caller's.
    ForwardPass(
      outputs: outputs, nodes: nodes.filter { !prefix.nodes.contains($0) }, lastUse: lastUse,
      overwriting: overwriting.filter { $0.value != prefix.end },
      chains: chains.values.filter { !prefix.nodes.contains($0.norm) })
  }
}
