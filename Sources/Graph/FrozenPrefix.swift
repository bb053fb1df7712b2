import Diagnostics

/// The beginning of a graph whose output never changes during training, so that it can be computed once
/// for each example and kept.
package struct FrozenPrefix: Sendable {
  /// The node whose output is kept.
  package let end: Int
  /// The nodes that are needed for it, it included.
  package let nodes: Set<Int>
  /// Floating-point operations for one example that are saved each time.
  package let flops: Int

  package init(end: Int, nodes: Set<Int>, flops: Int) {
    self.end = end
    self.nodes = nodes
    self.flops = flops
  }

  /// Why a graph has no such beginning, or why it goes no further.
  package struct Boundary: Sendable {
    /// The first node behind it.
    package let node: Int?
    /// `'fc' is trained`.
    package let reason: String

    package init(node: Int?, reason: String) {
      self.node = node
      self.reason = reason
    }
  }
}

extension Graph {
  /// The longest prefix of frozen layers without state or chance that ends in one node.
  ///
  /// - Returns: no prefix where it would hold no layer with parameters: then there is nothing worth
  ///   keeping. The boundary says what ends it.
  package func frozenPrefix(
    _ trainability: Trainability
  ) -> (prefix: FrozenPrefix?, boundary: FrozenPrefix.Boundary) {
    var isFrozen: [Bool] = []
    var boundary: FrozenPrefix.Boundary?
    for (index, node) in nodes.enumerated() {
      let reason = changing(index, trainability)
      let follows = node.inputs.allSatisfy {
        if case .node(let i) = $0 { isFrozen[i] } else { true }
      }
      if let reason, follows, boundary == nil {
        boundary = FrozenPrefix.Boundary(node: index, reason: "'\(node.path)' \(reason)")
      }
      isFrozen.append(reason == nil && follows)
    }
    let whole = FrozenPrefix.Boundary(node: nil, reason: "nothing in the model is trained")
    for end in nodes.indices.reversed() where isFrozen[end] {
      guard let members = cut(at: end) else { continue }
      let hasWeights = members.contains { !nodes[$0].parameters.isEmpty }
      guard hasWeights else { return (nil, boundary ?? whole) }
      let flops = members.reduce(0) { Saturating.add($0, nodes[$1].flops) }
      return (FrozenPrefix(end: end, nodes: members, flops: flops), boundary ?? whole)
    }
    return (nil, boundary ?? whole)
  }

  /// Why a node's output for one example changes from one epoch to the next; nothing where it does not.
  private func changing(_ index: Int, _ trainability: Trainability) -> String? {
    let node = nodes[index]
    if let epoch = trainability.firstEpoch(of: index, in: self), !node.parameters.isEmpty {
      if epoch > 1 { return "is trained from epoch \(epoch) on" }
      if node.parameters.contains(where: { $0.role == .parameter }) { return "is trained" }
    }
    switch node.operation {
    case .dropout(let p, _) where p > 0: return "is random while training"
    case .batchNorm:
      if !trainability.storedStatistics(in: self, epoch: 1).contains(index) {
        return "uses the statistics of each batch"
      }
      return node.parameters.contains { $0.role == .buffer }
        ? nil : "uses the statistics of each batch"
    default: return nil
    }
  }

  /// The ancestors of `end` and itself, where nothing else takes what lies before it.
  private func cut(at end: Int) -> Set<Int>? {
    var members: Set<Int> = [end]
    var open = [end]
    while let index = open.popLast() {
      for case .node(let source) in nodes[index].inputs where members.insert(source).inserted {
        open.append(source)
      }
    }
    let takesInput = members.contains { nodes[$0].inputs.contains(.input) }
    for (index, node) in nodes.enumerated() where !members.contains(index) {
      for source in node.inputs {
        switch source {
        case .input: if takesInput { return nil }
        case .node(let source): if source != end, members.contains(source) { return nil }
        }
      }
    }
    if case .node(let output) = output, output != end, members.contains(output) { return nil }
    return members
  }
}
