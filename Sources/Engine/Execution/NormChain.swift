import Graph

/// A batch normalisation with the addition and the ReLU that follow it, at least one of which is there. Training
/// computes them as one, which reads and writes each value once instead of three times.
struct NormChain: Equatable {
  /// The batch normalisation.
  let norm: Int
  /// The addition, and the value that is added.
  private(set) var add: Int?
  private(set) var residual: Graph.Source?
  private(set) var hasReLU = false
  /// The last layer, at whose place the chain is computed: all that it reads is known there.
  private(set) var end: Int

  private init(norm: Int) {
    self.norm = norm
    end = norm
  }

  /// The layers before the last.
  var inner: [Int] { [norm] + (add.map { [$0] } ?? []).filter { $0 != end } }

  /// The chains among `nodes`. A layer only becomes part of one if nothing else reads the output before it.
  ///
  /// - Parameter readers: how often each node's output is read, by layers or as an output of the graph.
  static func chains(_ nodes: [Int], of graph: Graph, readers: [Int: Int]) -> [NormChain] {
    var next: [Int: Int] = [:]
    for index in nodes {
      for case .node(let source) in graph.nodes[index].inputs where readers[source] == 1 {
        next[source] = index
      }
    }
    var taken: Set<Int> = []
    var chains: [NormChain] = []
    for norm in nodes {
      guard case .batchNorm = graph.nodes[norm].operation else { continue }
      var chain = NormChain(norm: norm)
      if let add = next[norm], !taken.contains(add), case .add = graph.nodes[add].operation,
        let residual = graph.addend(add, besides: norm)
      {
        (chain.add, chain.residual, chain.end) = (add, residual, add)
        taken.insert(add)
      }
      if let relu = next[chain.end], case .activation(.relu) = graph.nodes[relu].operation {
        (chain.hasReLU, chain.end) = (true, relu)
      }
      if chain.end != norm { chains.append(chain) }
    }
    return chains
  }
}
