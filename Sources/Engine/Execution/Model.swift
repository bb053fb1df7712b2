import Diagnostics
import Graph
import Randomness
import Torch

/// A graph with its parameters on a device.
package final class Model {
  package let graph: Graph
  package let device: Device
  package let dtype: ScalarType
  /// By name in the state dict, in its order.
  package private(set) var state: [(parameter: Graph.Parameter, tensor: Tensor)] = []
  /// Each node's parameters and buffers, by their names within the node.
  private var tensors: [[String: Tensor]]
  /// The TorchScript files in the model, by node; their tensors are those of ``state``.
  let modules: [Int: ModelModule]
  /// The memory format of images during computation; others are converted first.
  package let format: MemoryFormat
  /// For each node the last node that reads its output, which is released after that.
  private let lastUse: [Int]

  /// A model with PyTorch's default initialisation, drawn from the `initialization` stream: a parameter's
  /// values depend only on the seed, the fold and its name. Those of a TorchScript file are the file's.
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
    modules = try ModelModule.all(in: graph, dtype: dtype, device: device)
    for parameter in graph.parameters {
      let tensor =
        try modules[parameter.node]?.tensors[parameter.spec.name]
        ?? Initialization.tensor(
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

  /// The batch normalisations, by node index, that use their stored statistics even in training.
  package var storedStatistics: Set<Int> = []

  /// The modules within TorchScript files, by node, that are in evaluation mode even in training.
  package var fixedModules: [Int: [String]] = [:]

  /// Whether batch normalisations, in training, average the statistics of all batches equally instead of moving
  /// them by their momentum.
  package var averagesStatistics = false

  /// Forward passes in lower precision, as in PyTorch's `autocast`.
  package struct Autocast: Sendable {
    /// The lower precision, used by the operations that gain from it.
    package var dtype: ScalarType
    /// The nodes of a frozen prefix, which compute in the model's own type, because their stored outputs
    /// are shared with runs of other precisions.
    package var exact: Set<Int>

    package init(dtype: ScalarType, exact: Set<Int> = []) {
      self.dtype = dtype
      self.exact = exact
    }
  }

  /// `nil` if every operation computes in `dtype`. Parameters always have that type.
  package var autocast: Autocast?

  /// The model's main output for a batch, in `dtype`.
  ///
  /// - Parameters:
  ///   - inputs: one tensor for each of the graph's inputs, in their order.
  ///   - training: the training step, which dropout masks depend on; `nil` for evaluation.
  ///   - observe: is called with the index and the output of every node that is computed.
  package func callAsFunction(
    _ inputs: [Tensor], training: TrainingStep? = nil,
    observing observe: ((Int, Tensor) throws -> Void)? = nil
  ) throws -> Tensor {
    try compute(
      Array(graph.nodes.indices), arranged(inputs, format), training: training, observing: observe)
  }

  /// The main output for a batch of a model with one input, in `dtype`.
  ///
  /// - Parameters:
  ///   - training: the training step, which dropout masks depend on; `nil` for evaluation.
  ///   - prefix: if given, `input` is the output of this prefix, and only the nodes after it are computed.
  ///   - observe: is called with the index and the output of every node that is computed.
  package func callAsFunction(
    _ input: Tensor, training: TrainingStep? = nil, behind prefix: FrozenPrefix? = nil,
    observing observe: ((Int, Tensor) throws -> Void)? = nil
  ) throws -> Tensor {
    guard let prefix else { return try self([input], training: training, observing: observe) }
    let nodes = graph.nodes.indices.filter { !prefix.nodes.contains($0) }
    return try compute(
      nodes, [], training: training, known: (prefix.end, arranged(input, format)),
      observing: observe)
  }

  /// Tensors for all inputs of the graph, images in the memory format that is computed with.
  func arranged(_ inputs: [Tensor], _ format: MemoryFormat) throws -> [Tensor] {
    guard inputs.count == graph.inputs.count else {
      throw TorchError(
        operation: "forward",
        message: "the model has \(graph.inputs.count) inputs, not \(inputs.count)")
    }
    return try inputs.map { try arranged($0, format) }
  }

  private func arranged(_ input: Tensor, _ format: MemoryFormat) throws -> Tensor {
    input.dim == 4 ? try input.contiguous(format) : input
  }

  /// A node's parameters and buffers, by PyTorch's names within the module.
  func tensors(of index: Int) -> [String: Tensor] { tensors[index] }

  /// A node's output, computed by LibTorch's operation for it.
  func apply(_ index: Int, _ inputs: [Tensor], training: TrainingStep?) throws -> Tensor {
    let node = graph.nodes[index]
    if let module = modules[index] {
      return try module(
        inputs[0], training: storedStatistics.contains(index) ? nil : training,
        fixed: fixedModules[index] ?? [])
    }
    do {
      return try Lowering.apply(
        averagesStatistics ? node.operation.averagingStatistics : node.operation, inputs,
        parameters: tensors[index], path: node.path,
        training: storedStatistics.contains(index) ? nil : training)
    } catch let error as InvalidValue {
      throw InputError(
        "'\(node.path)' (\(node.layer)): \(error.message)", at: node.range, hint: error.hint)
    }
  }

  /// The main output in `dtype`, computed with these nodes.
  private func compute(
    _ indices: [Int], _ inputs: [Tensor], training: TrainingStep?,
    known: (node: Int, value: Tensor)? = nil, observing observe: ((Int, Tensor) throws -> Void)?
  ) throws -> Tensor {
    let output = graph.mainOutput.source
    var outputs: [Tensor?] = Array(repeating: nil, count: graph.nodes.count)
    if let known { outputs[known.node] = known.value }
    func value(_ source: Graph.Source) throws -> Tensor {
      switch source {
      case .input(let index): return inputs[index]
      case .node(let index):
        guard let tensor = outputs[index] else {
          throw TorchError(
            operation: graph.nodes[index].path, message: "its output was already released")
        }
        return tensor
      }
    }
    func run(_ indices: some Sequence<Int>) throws {
      for index in indices {
        let node = graph.nodes[index]
        let inputs = try node.inputs.map(value)
        let output = try apply(index, inputs, training: training)
        try observe?(index, output)
        outputs[index] = output
        for case .node(let source) in node.inputs where lastUse[source] == index {
          outputs[source] = nil
        }
      }
    }
    guard let autocast else {
      try run(indices)
      return try value(output).to(dtype)
    }
    // A frozen prefix needs nothing that comes after it.
    try run(indices.filter(autocast.exact.contains))
    try withAutocast(to: autocast.dtype, on: device) {
      try run(indices.filter { !autocast.exact.contains($0) })
    }
    return try value(output).to(dtype)
  }

  /// For each node the last node that reads its output.
  private static func lastUses(_ graph: Graph) -> [Int] {
    var uses = Array(repeating: -1, count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() {
      for case .node(let source) in node.inputs { uses[source] = index }
    }
    for case .node(let output) in graph.outputs.map(\.source) { uses[output] = .max }
    return uses
  }
}

@available(*, unavailable)
extension Model: Sendable {}

/// Identifies a forward pass of the training; dropout masks depend on it alone.
package struct TrainingStep: Sendable {
  package var seed: UInt64
  package var fold: Int
  package var epoch: Int
  /// Counts through the whole training.
  package var step: Int

  package init(seed: UInt64, fold: Int, epoch: Int, step: Int) {
    self.seed = seed
    self.fold = fold
    self.epoch = epoch
    self.step = step
  }
}
