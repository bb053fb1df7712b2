import Diagnostics

/// The first nodes of a graph whose output never changes during training, so that it can be computed once
/// for each example and stored.
package struct FrozenPrefix: Sendable {
  /// The node whose output is stored.
  package let end: Int
  /// The end node and all nodes that it depends on.
  package let nodes: Set<Int>
  /// Floating-point operations saved per example and epoch.
  package let flops: Int

  package init(end: Int, nodes: Set<Int>, flops: Int) {
    self.end = end
    self.nodes = nodes
    self.flops = flops
  }

  /// Why a graph has no such prefix, or why the prefix is not longer.
  package struct Boundary: Sendable {
    /// The first node after the prefix; `nil` if no particular node is the reason.
    package let node: Int?
    /// The reason, such as `'fc' is trained`.
    package let reason: String

    package init(node: Int?, reason: String) {
      self.node = node
      self.reason = reason
    }
  }
}

extension Graph {
  /// The longest prefix of frozen, deterministic, stateless layers that ends in one node.
  ///
  /// - Returns: `nil` for the prefix if it would have no layer with parameters, because storing its output
  ///   would save too little. The boundary tells what ends it.
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

  /// Why a node's output for an example changes between epochs; `nil` if it does not.
  private func changing(_ index: Int, _ trainability: Trainability) -> String? {
    let node = nodes[index]
    if let epoch = trainability.firstEpoch(of: index, in: self), !node.parameters.isEmpty {
      if epoch > 1 { return "is trained from epoch \(epoch) on" }
      if node.parameters.contains(where: { $0.role == .parameter }) { return "is trained" }
    }
    switch node.operation {
    case let operation where operation.isRandomInTraining: return "is random during training"
    case .batchNorm:
      if !trainability.storedStatistics(in: self, epoch: 1).contains(index) {
        return "uses the statistics of each batch"
      }
      return node.parameters.contains { $0.role == .buffer }
        ? nil : "uses the statistics of each batch"
    case .instanceNorm where node.hasFreezableStatistics:
      return trainability.storedStatistics(in: self, epoch: 1).contains(index)
        ? nil : "updates its running statistics"
    case .torchScript:
      return trainability.storedStatistics(in: self, epoch: 1).contains(index)
        ? nil : "may be random or update statistics during training"
    default: return nil
    }
  }

  /// `end` and its ancestors; `nil` if a node after `end`, or an output, also needs an ancestor or an
  /// input.
  private func cut(at end: Int) -> Set<Int>? {
    var members: Set<Int> = [end]
    var open = [end]
    while let index = open.popLast() {
      for case .node(let source) in nodes[index].inputs where members.insert(source).inserted {
        open.append(source)
      }
    }
    let after = nodes.indices.filter { !members.contains($0) }
    let needed = after.flatMap { nodes[$0].inputs } + outputs.map(\.source)
    let isCut = needed.allSatisfy { source in
      switch source {
      case .input: false
      case .node(let index): index == end || !members.contains(index)
      }
    }
    return isCut ? members : nil
  }
}
