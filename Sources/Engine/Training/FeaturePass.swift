import Diagnostics
import Execution
import FeatureCache
import Files
import FoundationEssentials
import Graph
import Torch
import Weights

/// The one pass of a data set through the frozen beginning of a model.
package struct FeaturePass {
  /// Where it stands, for whoever watches.
  package struct Progress: Sendable {
    package let done: Int
    package let total: Int
    /// Examples that were computed since the last time.
    package let batch: Int
  }

  /// Examples in one forward pass: part of the numbers, since kernels round by their shapes.
  private static let batchSize = 32

  private let model: Model
  private let prefix: FrozenPrefix
  private let store: FeatureStore?
  /// What the values depend on besides data, transforms and model: engine, device, threads.
  private let engine: String

  /// - Parameter store: `nil` if there is no folder for one; the values then stay in memory.
  package init(_ model: Model, _ prefix: FrozenPrefix, store: FeatureStore?, engine: String) {
    self.model = model
    self.prefix = prefix
    self.store = store
    self.engine = engine
  }

  /// The features of all examples, from the store or computed.
  ///
  /// - Parameters:
  ///   - data: what the examples and their transforms are, as text that differs wherever they do.
  ///   - warn: gets what is wrong with the store; the values are then computed and kept in memory.
  package func features(
    of examples: ExampleSet, data: String, description: FeatureDescription,
    progress: @escaping (Progress) throws -> Void, waiting: @escaping () -> Void,
    warn: @escaping (String) -> Void
  ) throws -> Features {
    let shape = model.graph.nodes[prefix.end].output.dims
    let width = shape.reduce(1, *)
    var compiled: InferencePlan?
    func compute(_ rows: Range<Int>) throws -> [Float] {
      let plan = try compiled ?? model.inferencePlan(upTo: prefix, rows: Self.batchSize)
      compiled = plan
      var values: [Float] = []
      values.reserveCapacity(rows.count * width)
      try withInferenceMode { () throws -> Void in
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.batchSize) {
          let part = start..<min(start + Self.batchSize, rows.upperBound)
          let (images, _) = try examples.batch(part, format: plan.format)
          values += try plan(images).floats()
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
            // Of another process that is waited for; its waiting can be interrupted here.
            try progress(Progress(done: rows, total: examples.count, batch: 0))
          }, waiting: waiting, onProblem: warn, compute: compute)
        return Features(matrix, prefix, shape: shape)
      } catch let error as FeatureStoreError where error.allowsGoingOn {
        warn("the features are not kept: \(error)")
      }
    }
    try Self.checkMemory(examples.count, width, has: ProcessInfo.processInfo.physicalMemory)
    return Features(inMemory: try compute(0..<examples.count), prefix, shape: shape)
  }

  /// Hours of computing are lost where the system ends a process that takes more than there is.
  ///
  /// - Parameters:
  ///   - width: values of an example.
  ///   - memory: the machine's, in bytes.
  package static func checkMemory(_ count: Int, _ width: Int, has memory: UInt64) throws {
    let needed = Saturating.product(count, width, 4)
    guard needed > memory else { return }
    func gigabytes(_ bytes: some BinaryInteger) -> String { "\(bytes >> 30) GB" }
    throw InputError(
      "the output of the frozen layers takes \(gigabytes(needed)) in memory, and this machine has "
        + gigabytes(memory),
      hint: "--no-cache computes it in every epoch; RUNNER_CACHE_LIMIT allows more on the disk")
  }

  /// The content's address: a hash over everything that the values are a function of.
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
      lines.append("\(index) \(inputs) \(node.operation) \(node.output.dims)")
    }
    var pieces = [Array(lines.joined(separator: "\n").utf8)]
    for (parameter, entry) in zip(model.state.map(\.parameter), try model.stateDict())
    where prefix.nodes.contains(parameter.node) && parameter.spec.role != .counter {
      pieces.append(Array("\n\(parameter.node) \(parameter.spec.name) \(entry.shape)\n".utf8))
      pieces.append(entry.bytes)
    }
    return Digest.hex(of: pieces)
  }
}
