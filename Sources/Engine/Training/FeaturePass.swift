import Diagnostics
import Execution
import FeatureCache
import Files
import FoundationEssentials
import Graph
import Torch
import Weights

/// Computes the frozen prefix's output for every example of a data set, once.
package struct FeaturePass {
  /// The progress of the pass.
  package struct Progress: Sendable {
    package let done: Int
    package let total: Int
    /// Examples computed since the last report.
    package let batch: Int
  }

  /// The batch size of a forward pass. It affects the values, since kernels round differently by shape.
  private static let batchSize = 32

  private let model: Model
  private let prefix: FrozenPrefix
  private let store: FeatureStore?
  /// What else the values depend on besides data, transforms and model: engine, device and threads.
  private let engine: String

  /// - Parameter store: `nil` if no cache folder is available; values then stay in memory.
  package init(_ model: Model, _ prefix: FrozenPrefix, store: FeatureStore?, engine: String) {
    self.model = model
    self.prefix = prefix
    self.store = store
    self.engine = engine
  }

  /// The features of all examples, read from the store or computed.
  ///
  /// - Parameters:
  ///   - data: a text that identifies the examples and their transforms; it differs whenever they do.
  ///   - warn: receives problems with the store; features are then computed and kept in memory.
  package func features(
    of examples: ExampleSet, data: String, description: FeatureDescription,
    progress: @escaping (Progress) throws -> Void, waiting: @escaping () -> Void,
    warn: @escaping (String) -> Void
  ) throws -> Features {
    let shape = model.graph.nodes[prefix.end].output.dims
    let width = shape.reduce(1, *)
    var compiled: InferencePlan?
    func compute(_ rows: Range<Int>) throws -> [Float] {
      let plan =
        try compiled
        ?? model.inferencePlan(
          upTo: prefix, rows: Self.batchSize, repeated: examples.repeatedChannel)
      compiled = plan
      var values: [Float] = []
      values.reserveCapacity(rows.count * width)
      try withInferenceMode { () throws -> Void in
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.batchSize) {
          let part = start..<min(start + Self.batchSize, rows.upperBound)
          values += try plan(examples.inputs(part, for: plan)).floats()
          try progress(
            Progress(done: part.upperBound, total: examples.count, batch: part.count))
        }
      }
      return values
    }
    if let store {
      do {
        let matrix = try store.fill(
          key: try key(data), rows: examples.count, width: width, description: description,
          progress: { rows in
            // Waiting for another process that computes them; this call allows an interruption.
            try progress(Progress(done: rows, total: examples.count, batch: 0))
          }, waiting: waiting, onProblem: warn, compute: compute)
        return Features(matrix, prefix, shape: shape)
      } catch let error as FeatureStoreError where error.allowsGoingOn {
        warn("the features are not cached: \(error)")
      }
    }
    try Self.checkMemory(examples.count, width, has: ProcessInfo.processInfo.physicalMemory)
    return Features(inMemory: try compute(0..<examples.count), prefix, shape: shape)
  }

  /// Fails early if the features do not fit into memory, before hours of computation end in an out-of-memory
  /// kill.
  ///
  /// - Parameters:
  ///   - width: values per example.
  ///   - memory: the machine's physical memory in bytes.
  package static func checkMemory(_ count: Int, _ width: Int, has memory: UInt64) throws {
    let needed = Saturating.product(count, width, 4)
    guard needed > memory else { return }
    throw InputError(
      "the output of the frozen layers needs \(ByteCount.text(Int(clamping: needed))) of memory, but this machine has "
        + ByteCount.text(Int(clamping: memory)),
      hint:
        "--no-cache computes it in every epoch; RUNNER_CACHE_LIMIT allows a larger cache on disk")
  }

  /// The cache key: a hash of everything that the values depend on.
  private func key(_ data: String) throws -> String {
    var lines = ["features 1", data, engine, "batches of \(Self.batchSize)", InferencePlan.version]
    let members = prefix.nodes.sorted()
    for index in members {
      let node = model.graph.nodes[index]
      let inputs = node.inputs.map { source in
        switch source {
        case .input(let index): index == 0 ? "input" : "input \(index)"
        case .node(let index): "\(index)"
        }
      }
      let owner = node.borrowsParameters ? " of \(node.parameterPath)" : ""
      lines.append("\(index) \(inputs) \(node.operation) \(node.output.dims)\(owner)")
    }
    // Also those of nodes outside that share them.
    let used = Set(
      members.flatMap { index in
        let node = model.graph.nodes[index]
        return node.parameters.map(node.name(of:))
      })
    var pieces = [Array(lines.joined(separator: "\n").utf8)]
    for (parameter, entry) in zip(model.state.map(\.parameter), try model.stateDict())
    where used.contains(parameter.name)
      && (parameter.spec.role != .counter || model.graph.nodes[parameter.node].moduleFile != nil)
    {
      pieces.append(Array("\n\(parameter.node) \(parameter.spec.name) \(entry.shape)\n".utf8))
      pieces.append(entry.bytes)
    }
    return Digest.hex(of: pieces)
  }
}
