import Graph
import Torch

/// A part of a model, compiled for inference with the model's current weights.
///
/// On the CPU, batch normalisations are folded into the weights before them, additions and most activations are fused
/// into the layers before them, weights are packed, those of 3×3 convolutions with a stride of 1 for Winograd's
/// algorithm, and images are stored channels last, which is the fastest layout, or close to it, for every shape of
/// convolution. Layers that compute little with what they read get a part of the batch at a time, see
/// ``InferenceStage``. Other layers, and all layers on other devices, run as in training. The plan depends on the graph
/// alone, so results are reproducible bit by bit.
package final class InferencePlan {
  /// Changes whenever the same graph and weights may give different bits.
  package static let version = "inference plan 5"

  private enum Work {
    case layer
    case chain(LayerChain, PackedLayer)
  }

  private struct Step {
    /// The node whose output this is.
    let node: Int
    let inputs: [Graph.Source]
    let work: Work
    /// The nodes whose outputs are not read after this step.
    var finished: [Int] = []
  }

  /// What a computation is given: one tensor for each of the graph's inputs, or the output of ``known``.
  private typealias Given = (inputs: [Tensor], observe: ((Int, Tensor) throws -> Void)?)

  private let model: Model
  private let wanted: Graph.Source
  /// The node whose output is given instead of the graph's inputs; `nil` if there is none.
  private let known: Int?
  private let steps: [Step]
  private let stages: [InferenceStage]
  /// Whether pictures are given as the single channel that the others follow from.
  package let takesSingleChannel: Bool
  /// The memory format of images during computation; others are converted first.
  package let format: MemoryFormat

  /// - Parameters:
  ///   - nodes: the nodes that `wanted` depends on and that are computed.
  ///   - known: the node whose output is given instead of the graph's inputs; `nil` if there is none.
  ///   - rows: the batch size that weights are packed for. Other sizes give the same values up to rounding.
  ///   - repeated: how all channels of the pictures follow from one, if they do. The plan is then for that one channel if
  ///     this is faster, see ``takesSingleChannel``.
  ///   - cacheBytes: see ``InferenceStage/stages(of:in:rows:cacheBytes:)``; `nil` for what is fast.
  init(
    _ model: Model, nodes: [Int], wanted: Graph.Source, known: Int? = nil, rows: Int,
    repeated: RepeatedChannel? = nil, cacheBytes: Int? = nil
  ) throws {
    self.model = model
    self.wanted = wanted
    self.known = known
    let graph = model.graph
    let canPack = model.device == .cpu && model.dtype == .float32 && PackedLayer.isAvailable
    let chains = canPack ? LayerChain.chains(in: graph, nodes: nodes, wanted: wanted) : []
    let all = LayerChain.steps(of: nodes, chains, in: graph)
    let chainByEnd = Dictionary(uniqueKeysWithValues: chains.map { ($0.end, $0) })
    stages = InferenceStage.stages(
      of: all, in: graph, rows: rows,
      cacheBytes: canPack
        ? cacheBytes ?? InferenceStage.cacheBytes(for: all, nodes: nodes, in: graph) : nil)
    let single = known == nil ? repeated?.chain(among: chains, in: graph) : nil
    takesSingleChannel = single != nil
    var steps: [Step] = []
    for stage in stages {
      for (node, inputs) in all[stage.steps] {
        let work = try chainByEnd[node].map {
          let layer = try model.packed(
            $0, rows: min(rows, stage.rows), from: $0 == single ? repeated : nil)
          return Work.chain($0, layer)
        }
        steps.append(Step(node: node, inputs: inputs, work: work ?? .layer))
      }
    }
    var seen: Set<Int> = []
    for place in steps.indices.reversed() {
      for case .node(let source) in steps[place].inputs where seen.insert(source).inserted {
        if wanted != .node(source) { steps[place].finished.append(source) }
      }
    }
    self.steps = steps
    let hasConvolution = chains.contains {
      if case .conv2d = graph.nodes[$0.anchor].operation { true } else { false }
    }
    format = hasConvolution ? .channelsLast : .contiguous
  }

  /// The output for a batch, in row-major order and without gradients.
  ///
  /// - Parameters:
  ///   - inputs: one tensor for each of the graph's inputs, in their order, or the output of the frozen prefix
  ///     before the compiled part.
  ///   - observe: is called with the index and the output of every node whose output exists: all but those that
  ///     were fused into a later one. An activation is never fused into a later node. It gets the outputs for parts of
  ///     the batch one after the other.
  package func callAsFunction(
    _ inputs: [Tensor], observing observe: ((Int, Tensor) throws -> Void)? = nil
  ) throws -> Tensor {
    try withNoGrad { () throws -> Tensor in
      let given = try (
        inputs: known == nil
          ? model.arranged(inputs, format) : [model.arranged(inputs[0], format)],
        observe: observe
      )
      let rows = 0..<given.inputs[0].shape[0]
      let outputs = try outputs(through: stages.count - 1, of: rows, given)
      return try value(wanted, of: rows, given, outputs).contiguous()
    }
  }

  /// What is still read after a stage, by node, for some examples of the batch.
  private func outputs(
    through stage: Int, of rows: Range<Int>, _ given: Given
  ) throws -> [Int: Tensor] {
    guard stage >= 0 else { return [:] }
    let pieces = try stages[stage].pieces(of: rows).map { rows in
      var outputs = try outputs(through: stage - 1, of: rows, given)
      for step in steps[stages[stage].steps] {
        let inputs = try step.inputs.map { try value($0, of: rows, given, outputs) }
        let output = try compute(step, inputs)
        outputs[step.node] = output
        try given.observe?(step.node, output)
        for node in step.finished { outputs[node] = nil }
      }
      return outputs
    }
    if pieces.count == 1 { return pieces[0] }
    var joined: [Int: Tensor] = [:]
    for node in pieces[0].keys { joined[node] = try .cat(pieces.compactMap { $0[node] }) }
    return joined
  }

  private func compute(_ step: Step, _ inputs: [Tensor]) throws -> Tensor {
    switch step.work {
    case .layer: try model.apply(step.node, inputs, training: nil)
    case .chain(let chain, let layer):
      try layer(
        model.padded(inputs[0], chain), adding: inputs.count > 1 ? inputs[1] : nil,
        activation: chain.activation)
    }
  }

  private func value(
    _ source: Graph.Source, of rows: Range<Int>, _ given: Given, _ outputs: [Int: Tensor]
  ) throws -> Tensor {
    func part(_ tensor: Tensor) throws -> Tensor {
      rows.count == tensor.shape[0]
        ? tensor : try tensor.narrow(dim: 0, start: rows.lowerBound, length: rows.count)
    }
    switch source {
    case .input(let index): return try part(given.inputs[index])
    case .node(let index):
      if index == known { return try part(given.inputs[0]) }
      guard let tensor = outputs[index] else {
        throw TorchError(
          operation: model.graph.nodes[index].path, message: "its output was already released")
      }
      return tensor
    }
  }

  /// The output for a batch of a model with one input.
  package func callAsFunction(_ input: Tensor) throws -> Tensor { try self([input]) }
}

@available(*, unavailable)
extension InferencePlan: Sendable {}

extension Model {
  /// The frozen layers with their current weights, compiled for batches of `rows` examples.
  ///
  /// - Parameter repeated: how all channels of the pictures follow from one; see
  ///   ``InferencePlan/takesSingleChannel``.
  package func inferencePlan(
    upTo prefix: FrozenPrefix, rows: Int, repeated: RepeatedChannel? = nil
  ) throws -> InferencePlan {
    try InferencePlan(
      self, nodes: prefix.nodes.sorted(), wanted: .node(prefix.end), rows: rows,
      repeated: repeated)
  }

  /// What the main output needs of the model, with its current weights, compiled for the evaluation of batches of
  /// `rows` examples; `nil` where the model's own layers are as fast: without convolutions, in lower precision
  /// and on other devices.
  ///
  /// - Parameter prefix: if given, the plan takes the output of this prefix.
  package func evaluationPlan(behind prefix: FrozenPrefix?, rows: Int) throws -> InferencePlan? {
    guard autocast == nil, device == .cpu, dtype == .float32, PackedLayer.isAvailable else {
      return nil
    }
    let output = graph.mainOutput.source
    let nodes = graph.needed(for: [output]).filter { prefix?.nodes.contains($0) != true }
    let hasConvolution = nodes.contains {
      if case .conv2d = graph.nodes[$0].operation { true } else { false }
    }
    if !hasConvolution { return nil }
    return try InferencePlan(self, nodes: nodes, wanted: output, known: prefix?.end, rows: rows)
  }

  /// What the main output needs of the model, with its current weights, compiled for batches of `rows` examples.
  package func inferencePlan(rows: Int) throws -> InferencePlan {
    let output = graph.mainOutput.source
    return try InferencePlan(
      self, nodes: graph.needed(for: [output]), wanted: output, rows: rows)
  }
}
