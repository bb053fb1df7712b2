extension Graph {
  /// The most values that one layer gives for a batch of an evaluation: 128 MB.
  private static let evaluatedValues = 32 << 20

  /// How many examples are evaluated at once. A question of the graph alone, since kernels for batches of
  /// other sizes may round otherwise.
  ///
  /// - Parameter prefix: a frozen beginning whose outputs are the input.
  package func evaluationBatch(behind prefix: FrozenPrefix? = nil) -> Int {
    let computed = nodes.indices.filter { prefix?.nodes.contains($0) != true }
    let input = prefix.map { nodes[$0.end].output.count } ?? input.count
    let largest = computed.reduce(max(input, 1)) { max($0, nodes[$1].output.count) }
    return min(1000, max(1, Self.evaluatedValues / largest))
  }
}
