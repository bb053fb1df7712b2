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
  package var format: MemoryFormat
  /// What the main output needs.
  private let mainPass: ForwardPass

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
    mainPass = ForwardPass([graph.mainOutput], of: graph)
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
    shareParameters()
  }

  /// Gives nodes that use the parameters of others the tensors of these.
  private func shareParameters() {
    let borrowing = graph.nodes.indices.filter { graph.nodes[$0].borrowsParameters }
    if borrowing.isEmpty { return }
    let byName = Dictionary(state.map { ($0.parameter.name, $0.tensor) }) { first, _ in first }
    for index in borrowing {
      for spec in graph.nodes[index].parameters {
        tensors[index][spec.name] = byName[graph.nodes[index].name(of: spec)]
      }
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

  /// The model's main output for a batch, in `dtype`. Layers that only other outputs need, such as an auxiliary
  /// head, are not computed; ``outputs(_:named:training:)`` computes them.
  ///
  /// - Parameters:
  ///   - inputs: one tensor for each of the graph's inputs, in their order.
  ///   - training: the training step, which dropout masks depend on; `nil` for evaluation.
  ///   - observe: is called with the index and the output of every node that is computed.
  package func callAsFunction(
    _ inputs: [Tensor], training: TrainingStep? = nil,
    observing observe: ((Int, Tensor) throws -> Void)? = nil
  ) throws -> Tensor {
    try compute(mainPass, arranged(inputs, format), training: training, observing: observe)[0]
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
    return try compute(
      mainPass.behind(prefix), [], training: training,
      known: (prefix.end, arranged(input, format)), observing: observe)[0]
  }

  /// The model's outputs for a batch by their names in ``Graph/outputs``, in `dtype`: the main one under the name
  /// of the target that it predicts, others under their nodes' names, such as `aux`.
  ///
  /// What several outputs need is computed once. A training step whose loss asks for an auxiliary output calls this
  /// instead of ``callAsFunction(_:training:observing:)``; evaluation needs the main output only.
  ///
  /// - Parameters:
  ///   - inputs: one tensor for each of the graph's inputs, in their order.
  ///   - names: the outputs that are wanted; `nil` for all.
  ///   - training: the training step, which dropout masks depend on; `nil` for evaluation.
  /// - Throws: ``TorchError`` if the model has no output of one of the names.
  package func outputs(
    _ inputs: [Tensor], named names: Set<String>? = nil, training: TrainingStep? = nil
  ) throws -> [String: Tensor] {
    let wanted = try wanted(names)
    let tensors = try compute(
      ForwardPass(wanted, of: graph), arranged(inputs, format), training: training,
      observing: nil)
    return Dictionary(uniqueKeysWithValues: zip(wanted.map(\.name), tensors))
  }

  /// The same for a batch of a model with one input, or of what a frozen prefix gives.
  ///
  /// - Parameter prefix: if given, `input` is the output of this prefix, and only the nodes after it are computed.
  package func outputs(
    _ input: Tensor, named names: Set<String>? = nil, training: TrainingStep? = nil,
    behind prefix: FrozenPrefix?
  ) throws -> [String: Tensor] {
    guard let prefix else { return try outputs([input], named: names, training: training) }
    let wanted = try wanted(names)
    let tensors = try compute(
      ForwardPass(wanted, of: graph).behind(prefix), [], training: training,
      known: (prefix.end, arranged(input, format)), observing: nil)
    return Dictionary(uniqueKeysWithValues: zip(wanted.map(\.name), tensors))
  }

  private func wanted(_ names: Set<String>?) throws -> [Graph.Output] {
    guard let names else { return graph.outputs }
    let found = graph.outputs.filter { names.contains($0.name) }
    guard found.count == names.count else {
      let missing = names.subtracting(found.map(\.name)).sorted()
      throw TorchError(
        operation: "forward",
        message: "the model has no output '\(missing[0])'; it has "
          + graph.outputs.map { "'\($0.name)'" }.joined(separator: ", "))
    }
    return found
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

  /// The same for one tensor.
  func arranged(_ input: Tensor, _ format: MemoryFormat) throws -> Tensor {
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

  /// A batch normalisation with the addition and the ReLU that follow it.
  private func apply(
    _ chain: NormChain, _ input: Tensor, adding residual: Tensor?, training: TrainingStep?
  ) throws -> Tensor {
    let operation = graph.nodes[chain.norm].operation
    guard
      case .batchNorm(let momentum, let eps) = averagesStatistics
        ? operation.averagingStatistics : operation
    else {
      throw TorchError(
        operation: graph.nodes[chain.norm].path, message: "it is no batch normalisation")
    }
    return try Lowering.batchNorm(
      input, tensors[chain.norm], momentum: momentum, eps: eps,
      isTraining: training != nil && !storedStatistics.contains(chain.norm), adding: residual,
      relu: chain.hasReLU)
  }

  /// The outputs of a pass in `dtype`.
  private func compute(
    _ pass: ForwardPass, _ inputs: [Tensor], training: TrainingStep?,
    known: (node: Int, value: Tensor)? = nil, observing observe: ((Int, Tensor) throws -> Void)?
  ) throws -> [Tensor] {
    let indices = pass.nodes
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
        // Whoever observes wants the values of every node.
        if observe == nil, pass.inner.contains(index) { continue }
        if observe == nil, let chain = pass.chains[index] {
          let input = graph.nodes[chain.norm].inputs[0]
          outputs[index] = try apply(
            chain, value(input), adding: chain.residual.map(value), training: training)
          for case .node(let source)? in [input, chain.residual]
          where pass.lastUse[source] == index {
            outputs[source] = nil
          }
          continue
        }
        let inputs = try node.inputs.map(value)
        if observe == nil, let source = pass.overwriting[index] {
          try inputs[0].reluInPlace()
          (outputs[index], outputs[source]) = (inputs[0], nil)
          continue
        }
        let output = try apply(index, inputs, training: training)
        try observe?(index, output)
        outputs[index] = output
        for case .node(let source) in node.inputs where pass.lastUse[source] == index {
          outputs[source] = nil
        }
      }
    }
    guard let autocast else {
      try run(indices)
      return try pass.outputs.map { try value($0).to(dtype) }
    }
    // A frozen prefix needs nothing that comes after it.
    try run(indices.filter(autocast.exact.contains))
    try withAutocast(to: autocast.dtype, on: device) {
      try run(indices.filter { !autocast.exact.contains($0) })
    }
    return try pass.outputs.map { try value($0).to(dtype) }
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
  /// Where layers find the keys of their masks, if the operations are being recorded; used on the model's thread only.
  package nonisolated(unsafe) var keys: StepKeys?

  package init(seed: UInt64, fold: Int, epoch: Int, step: Int) {
    self.seed = seed
    self.fold = fold
    self.epoch = epoch
    self.step = step
  }
}
