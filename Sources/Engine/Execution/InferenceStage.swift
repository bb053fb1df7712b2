import Graph

/// Consecutive steps of an inference plan that are computed for a few examples at a time.
///
/// Outputs of a whole batch leave the cache before the next layer reads them. Where layers compute little with what
/// they read, as depthwise convolutions do, most of the time is spent on that. So all layers up to one are computed for
/// some examples, then for the next ones, and the parts are joined where outputs have become so small that those of
/// more examples fit. Later layers, which have more weights than outputs, get more examples at a time, so that weights
/// are read less often.
struct InferenceStage: Equatable {
  /// A step: the node whose output it is, and what it reads.
  typealias Step = (node: Int, inputs: [Graph.Source])

  /// The places of the steps.
  var steps: Range<Int>
  /// The examples that are computed at a time, at most.
  var rows: Int

  /// Fewer examples at a time do not occupy the threads.
  static let leastRows = 2

  /// - Parameters:
  ///   - rows: the size of a batch.
  ///   - cacheBytes: what the inputs and the output of a step may take, if more than ``leastRows`` examples are
  ///     computed at a time; `nil` for a single stage.
  static func stages(
    of steps: [Step], in graph: Graph, rows: Int, cacheBytes: Int?
  ) -> [InferenceStage] {
    let cacheBytes = steps.allSatisfy { graph.nodes[$0.node].isPerExample } ? cacheBytes : nil
    var stages: [InferenceStage] = []
    // An earlier stage has no more examples at a time than a later one, which joins its parts.
    var most = Int.max
    for (place, step) in steps.enumerated().reversed() {
      if let cacheBytes {
        most = min(most, examples(values(step, in: graph), rows: rows, cacheBytes))
      }
      if stages.last?.rows == most {
        stages[stages.count - 1].steps = place..<stages[stages.count - 1].steps.upperBound
      } else {
        stages.append(InferenceStage(steps: place..<(place + 1), rows: most))
      }
    }
    return stages.reversed()
  }

  /// How many examples with so many values fit into the cache: a power of two, or `Int.max` for the whole batch.
  private static func examples(_ values: Int, rows: Int, _ cacheBytes: Int) -> Int {
    var examples = leastRows
    while examples < rows, Saturating.product(2 * examples, values, 4) <= cacheBytes {
      examples *= 2
    }
    return examples < rows ? examples : .max
  }

  /// What the inputs and the output of a step may take for the plan to be faster; `nil` if it is as fast without
  /// stages.
  ///
  /// Measured on two virtual AMD processors with 1 MiB of cache each and 32 MiB together: a MobileNetV2 (22
  /// multiplications for each value that a step reads or writes) takes 0.80 of the time, though not in every run; a
  /// ResNet-50 (180) and a ResNet-18 (350) take the same or 2% more.
  static func cacheBytes(for steps: [Step], nodes: [Int], in graph: Graph) -> Int? {
    let products = nodes.reduce(0) { Saturating.add($0, graph.multiplyAdds(of: graph.nodes[$1])) }
    let moved = steps.reduce(0) { Saturating.add($0, values($1, in: graph)) }
    return products / 64 < moved ? 8 << 20 : nil
  }

  /// The values that a step reads and writes for one example, apart from weights.
  private static func values(_ step: Step, in graph: Graph) -> Int {
    step.inputs.reduce(graph.nodes[step.node].output.count) {
      Saturating.add($0, graph.shape(of: $1).count)
    }
  }

  /// The parts of these examples that are computed one after the other.
  func pieces(of rows: Range<Int>) -> [Range<Int>] {
    if self.rows >= rows.count { return [rows] }
    return stride(from: rows.lowerBound, to: rows.upperBound, by: self.rows).map {
      $0..<min($0 + self.rows, rows.upperBound)
    }
  }
}

extension Graph.Node {
  /// Whether the output for an example is known not to depend on others of its batch.
  fileprivate var isPerExample: Bool {
    if moduleFile != nil { return false }
    if case .batchNorm = operation { return hasStoredStatistics }
    return true
  }
}
