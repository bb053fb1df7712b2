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

  init(_ outputs: [Graph.Output], of graph: Graph) {
    let sources = outputs.map(\.source)
    let nodes = graph.needed(for: sources)
    var uses = Array(repeating: -1, count: graph.nodes.count)
    for index in nodes {
      for case .node(let source) in graph.nodes[index].inputs { uses[source] = index }
    }
    for case .node(let output) in sources { uses[output] = .max }
    self.init(
      outputs: sources, nodes: nodes, lastUse: uses,
      overwriting: Self.overwriting(nodes, of: graph, outputs: sources))
  }

  private init(
    outputs: [Graph.Source], nodes: [Int], lastUse: [Int], overwriting: [Int: Int]
  ) {
    self.outputs = outputs
    self.nodes = nodes
    self.lastUse = lastUse
    self.overwriting = overwriting
  }

  private static func overwriting(
    _ nodes: [Int], of graph: Graph, outputs: [Graph.Source]
  ) -> [Int: Int] {
    var readers: [Int: Int] = [:]
    for index in nodes {
      for case .node(let source) in graph.nodes[index].inputs { readers[source, default: 0] += 1 }
    }
    for case .node(let output) in outputs { readers[output, default: 0] += 1 }
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
      overwriting: overwriting.filter { $0.value != prefix.end })
  }
}
