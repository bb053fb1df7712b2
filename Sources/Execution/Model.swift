import Graph
import Randomness
import Torch

/// A graph on a device, with its parameters.
package final class Model {
  package let graph: Graph
  package let device: Device
  package let dtype: ScalarType
  /// By name in the state dict, in its order.
  package private(set) var state: [(parameter: Graph.Parameter, tensor: Tensor)] = []
  /// Each node's parameters by their own name.
  private var tensors: [[String: Tensor]]
  /// How images lie in memory while it computes; others are rearranged first.
  package let format: MemoryFormat
  /// The last node that reads a node's output, after which evaluation lets go of it.
  private let lastUse: [Int]

  /// A model with PyTorch's default initialisation, drawn from the `initialization` stream: each
  /// parameter's values are a function of seed, fold and its name.
  package init(
    _ graph: Graph, seed: UInt64, fold: Int = 0, device: Device = .cpu,
    dtype: ScalarType = .float32
  ) throws {
    self.graph = graph
    self.device = device
    self.dtype = dtype
    tensors = Array(repeating: [:], count: graph.nodes.count)
    lastUse = Self.lastUses(graph)
    format = device == .cpu && graph.isFasterChannelsLast ? .channelsLast : .contiguous
    for parameter in graph.parameters {
      let tensor = try Initialization.tensor(
        for: parameter, seed: seed, fold: fold, dtype: dtype, device: device)
      if parameter.spec.role == .parameter { try tensor.setRequiresGrad(true) }
      tensors[parameter.node][parameter.spec.name] = tensor
      state.append((parameter, tensor))
    }
  }

  /// The tensors that an optimizer may change, with their names.
  package var parameters: [(name: String, tensor: Tensor)] {
    state.filter { $0.parameter.spec.role == .parameter }.map { ($0.parameter.name, $0.tensor) }
  }

  /// Batch normalisations, by the index of their node, that use their stored statistics in training
  /// too.
  package var storedStatistics: Set<Int> = []

  /// Forward passes in lower precision, as in PyTorch's `autocast`.
  package struct Autocast: Sendable {
    /// Of the operations that gain by it.
    package var dtype: ScalarType
    /// The nodes of a frozen beginning, which compute in the model's own type, since what they give is
    /// the same wherever it is kept and whoever else uses it.
    package var exact: Set<Int>

    package init(dtype: ScalarType, exact: Set<Int> = []) {
      self.dtype = dtype
      self.exact = exact
    }
  }

  /// Nothing where every operation computes in `dtype`. Parameters have that type in any case.
  package var autocast: Autocast?

  /// The model's output for a batch, in `dtype`.
  ///
  /// - Parameters:
  ///   - training: the place in the training, for the dropout stream; nothing while evaluating.
  ///   - prefix: where given, `input` is its output, and only what lies behind it is computed.
  ///   - observe: gets the index and the output of every node that is computed.
  package func callAsFunction(
    _ input: Tensor, training: TrainingStep? = nil, behind prefix: FrozenPrefix? = nil,
    observing observe: ((Int, Tensor) throws -> Void)? = nil
  ) throws -> Tensor {
    let input = input.dim == 4 ? try input.contiguous(format) : input
    let nodes = graph.nodes.indices.filter { prefix?.nodes.contains($0) != true }
    return try compute(
      nodes, graph.output, input, training: training, known: prefix.map { ($0.end, input) },
      observing: observe
    ).to(dtype)
  }

  /// A node's own parameters and buffers, by PyTorch's names.
  func tensors(of index: Int) -> [String: Tensor] { tensors[index] }

  /// A node's output by the general path.
  func apply(_ index: Int, _ inputs: [Tensor], training: TrainingStep?) throws -> Tensor {
    let node = graph.nodes[index]
    return try Lowering.apply(
      node.operation, inputs, parameters: tensors[index], path: node.path,
      training: storedStatistics.contains(index) ? nil : training)
  }

  private func compute(
    _ indices: [Int], _ wanted: Graph.Source, _ input: Tensor, training: TrainingStep? = nil,
    known: (node: Int, value: Tensor)? = nil,
    observing observe: ((Int, Tensor) throws -> Void)? = nil
  ) throws -> Tensor {
    var outputs: [Tensor?] = Array(repeating: nil, count: graph.nodes.count)
    if let known { outputs[known.node] = known.value }
    func value(_ source: Graph.Source) throws -> Tensor {
      guard case .node(let index) = source else { return input }
      guard let tensor = outputs[index] else {
        throw TorchError(operation: graph.nodes[index].path, message: "its output is gone")
      }
      return tensor
    }
    func run(_ indices: some Sequence<Int>) throws {
      for index in indices {
        let node = graph.nodes[index]
        let inputs = try node.inputs.map(value)
        let output = try apply(index, inputs, training: training)
        try observe?(index, output)
        outputs[index] = output
        for case .node(let source) in node.inputs where lastUse[source] == index {
          if wanted != .node(source) { outputs[source] = nil }
        }
      }
    }
    guard let autocast else {
      try run(indices)
      return try value(wanted)
    }
    // A frozen beginning needs nothing that lies outside of it.
    try run(indices.filter(autocast.exact.contains))
    try withAutocast(to: autocast.dtype, on: device) {
      try run(indices.filter { !autocast.exact.contains($0) })
    }
    return try value(wanted)
  }

  private static func lastUses(_ graph: Graph) -> [Int] {
    var uses = Array(repeating: -1, count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() {
      for case .node(let source) in node.inputs { uses[source] = index }
    }
    if case .node(let output) = graph.output { uses[output] = .max }
    return uses
  }
}

@available(*, unavailable)
extension Model: Sendable {}

/// The place of a forward pass in the training; the dropout masks are a function of it.
package struct TrainingStep: Sendable {
  package var seed: UInt64
  package var fold: Int
  package var epoch: Int
  /// Counted over the whole training.
  package var step: Int

  package init(seed: UInt64, fold: Int, epoch: Int, step: Int) {
    self.seed = seed
    self.fold = fold
    self.epoch = epoch
    self.step = step
  }
}
