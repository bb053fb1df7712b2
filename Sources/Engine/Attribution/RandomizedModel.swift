import Execution
import Graph
import Weights

/// Which weights of a model are randomised, from the output on.
package enum RandomizedExtent: Sendable, CaseIterable {
  /// Those of the last layer that has weights.
  case head
  /// Those of the upper half of the layers that have weights.
  case half
  case all
}

extension Model {
  /// A copy of the model in which weights are those of a new initialisation, to check whether maps depend on what was
  /// learned: the cascading randomisation of Adebayo et al. (2018). Statistics of batch normalisation in randomised
  /// layers are those of a new model, too.
  ///
  /// Weights of TorchScript files, which are not initialised here, stay as they are.
  ///
  /// - Parameter seed: of the initialisation.
  package func randomized(_ extent: RandomizedExtent, seed: UInt64) throws -> Model {
    let copy = try Model(graph, seed: seed, device: device, dtype: dtype)
    let needed = Set(graph.needed(for: [graph.mainOutput.source]))
    let nodes = graph.nodes.indices.filter { index in
      needed.contains(index) && graph.nodes[index].moduleFile == nil
        && graph.nodes[index].parameters.contains { $0.role == .parameter }
    }
    let count =
      switch extent {
      case .head: 1
      case .half: (nodes.count + 1) / 2
      case .all: nodes.count
      }
    let drawn = Set(
      nodes.suffix(count).flatMap { index in
        let node = graph.nodes[index]
        return node.parameters.map { node.name(of: $0) }
      })
    try copy.load(stateDict(), keeping: drawn)
    return copy
  }
}
