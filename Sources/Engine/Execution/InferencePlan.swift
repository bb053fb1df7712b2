import Graph
import Torch

/// A part of a model, compiled for inference with the model's current weights.
///
/// On the CPU, batch normalisations are folded into the weights before them, additions and most activations are fused
/// into the layers before them, weights are packed, those of 3×3 convolutions with a stride of 1 for Winograd's
/// algorithm, and images are stored channels last, which is the fastest layout, or close to it, for every shape of
/// convolution. Other layers, and all layers on other
/// devices, run as in training. The plan depends on the graph alone, so results are reproducible bit by
/// bit.
package final class InferencePlan {
  /// Changes whenever the same graph and weights may give different bits.
  package static let version = "inference plan 4"

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

  private let model: Model
  private let wanted: Graph.Source
  /// The node whose output is given instead of the graph's inputs; `nil` if there is none.
  private let known: Int?
  private let steps: [Step]
  /// The memory format of images during computation; others are converted first.
  package let format: MemoryFormat

  /// - Parameters:
  ///   - nodes: the nodes that `wanted` depends on and that are computed.
  ///   - known: the node whose output is given instead of the graph's inputs; `nil` if there is none.
  ///   - rows: the batch size that weights are packed for. Other sizes give the same values up to rounding.
  init(_ model: Model, nodes: [Int], wanted: Graph.Source, known: Int? = nil, rows: Int) throws {
    self.model = model
    self.wanted = wanted
    self.known = known
    let graph = model.graph
    let canPack = model.device == .cpu && model.dtype == .float32 && PackedLayer.isAvailable
    let chains = canPack ? LayerChain.chains(in: graph, nodes: nodes, wanted: wanted) : []
    var chainByEnd: [Int: LayerChain] = [:]
    var inner: Set<Int> = []
    for chain in chains {
      chainByEnd[chain.end] = chain
      inner.formUnion(chain.members(in: graph).filter { $0 != chain.end })
    }
    var steps: [Step] = []
    for index in nodes.sorted() where !inner.contains(index) {
      if let chain = chainByEnd[index] {
        let inputs = [graph.nodes[chain.anchor].inputs[0]] + (chain.residual.map { [$0] } ?? [])
        let layer = try model.packed(chain, rows: rows)
        steps.append(Step(node: index, inputs: inputs, work: .chain(chain, layer)))
      } else {
        steps.append(Step(node: index, inputs: graph.nodes[index].inputs, work: .layer))
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
  ///     were fused into a later one. An activation is never fused into a later node.
  package func callAsFunction(
    _ inputs: [Tensor], observing observe: ((Int, Tensor) throws -> Void)? = nil
  ) throws -> Tensor {
    try withNoGrad { () throws -> Tensor in
      let inputs = try known == nil ? model.arranged(inputs, format) : inputs
      var outputs: [Int: Tensor] = [:]
      if let known { outputs[known] = try model.arranged(inputs[0], format) }
      func value(_ source: Graph.Source) throws -> Tensor {
        switch source {
        case .input(let index): return inputs[index]
        case .node(let index):
          guard let tensor = outputs[index] else {
            throw TorchError(
              operation: model.graph.nodes[index].path, message: "its output was already released")
          }
          return tensor
        }
      }
      for step in steps {
        let inputs = try step.inputs.map(value)
        switch step.work {
        case .layer: outputs[step.node] = try model.apply(step.node, inputs, training: nil)
        case .chain(let chain, let layer):
          outputs[step.node] = try layer(
            model.padded(inputs[0], chain), adding: inputs.count > 1 ? inputs[1] : nil,
            activation: chain.activation)
        }
        if let output = outputs[step.node] { try observe?(step.node, output) }
        for node in step.finished { outputs[node] = nil }
      }
      return try value(wanted).contiguous()
    }
  }

  /// The output for a batch of a model with one input.
  package func callAsFunction(_ input: Tensor) throws -> Tensor { try self([input]) }
}

@available(*, unavailable)
extension InferencePlan: Sendable {}

extension Model {
  /// The frozen layers with their current weights, compiled for batches of `rows` examples.
  package func inferencePlan(upTo prefix: FrozenPrefix, rows: Int) throws -> InferencePlan {
    try InferencePlan(
      self, nodes: prefix.nodes.sorted(), wanted: .node(prefix.end), rows: rows)
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
