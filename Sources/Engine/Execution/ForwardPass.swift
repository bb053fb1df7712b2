import Graph

/// The nodes that some outputs of a graph need, and how long their values are kept.
struct ForwardPass {
  let outputs: [Graph.Source]
  /// In order of computation.
  let nodes: [Int]
  /// For each node of the graph the last node of the pass that reads its output, which is released after that.
  let lastUse: [Int]

  init(_ outputs: [Graph.Output], of graph: Graph) {
    let sources = outputs.map(\.source)
    let nodes = graph.needed(for: sources)
    var uses = Array(repeating: -1, count: graph.nodes.count)
    for index in nodes {
      for case .node(let source) in graph.nodes[index].inputs { uses[source] = index }
    }
    for case .node(let output) in sources { uses[output] = .max }
    self.init(outputs: sources, nodes: nodes, lastUse: uses)
  }

  private init(outputs: [Graph.Source], nodes: [Int], lastUse: [Int]) {
    self.outputs = outputs
    self.nodes = nodes
    self.lastUse = lastUse
  }

  /// The part of the pass after a frozen prefix.
  func behind(_ prefix: FrozenPrefix) -> ForwardPass {
    ForwardPass(
      outputs: outputs, nodes: nodes.filter { !prefix.nodes.contains($0) }, lastUse: lastUse)
  }
}
