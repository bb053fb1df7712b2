import Graph
import Torch

/// A part of a model compiled for inference with the weights that the model has now.
///
/// On the CPU, batch normalisations go into the weights before them, additions and ReLUs into the
/// layers before them, weights are packed, and images lie with their channels last, which is the
/// fastest or close to it for every shape of convolution. What has no such form, and every other
/// device, takes the general path. All of it follows from the graph alone: the same bits every time.
package final class InferencePlan {
  /// Another one wherever the same graph and weights may give other bits.
  package static let version = "inference plan 1"

  private enum Work {
    case layer
    case chain(LayerChain, PackedLayer)
  }

  private struct Step {
    /// The node whose output this is.
    let node: Int
    let inputs: [Graph.Source]
    let work: Work
    /// The nodes whose outputs nobody reads after it.
    var finished: [Int] = []
  }

  private let model: Model
  private let wanted: Graph.Source
  private let steps: [Step]
  /// How images lie in memory while it computes; others are rearranged first.
  package let format: MemoryFormat

  /// - Parameters:
  ///   - nodes: what is needed for `wanted`.
  ///   - rows: the size of a batch that it is made for. Others give the same values but for rounding.
  init(_ model: Model, nodes: [Int], wanted: Graph.Source, rows: Int) throws {
    self.model = model
    self.wanted = wanted
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

  /// The output for a batch, in row-major order, without a way back for gradients.
  package func callAsFunction(_ input: Tensor) throws -> Tensor {
    try withNoGrad { () throws -> Tensor in
      let input = input.dim == 4 ? try input.contiguous(format) : input
      var outputs: [Int: Tensor] = [:]
      func value(_ source: Graph.Source) throws -> Tensor {
        guard case .node(let index) = source else { return input }
        guard let tensor = outputs[index] else {
          throw TorchError(
            operation: model.graph.nodes[index].path, message: "its output is gone")
        }
        return tensor
      }
      for step in steps {
        let inputs = try step.inputs.map(value)
        switch step.work {
        case .layer: outputs[step.node] = try single(step.node, inputs)
        case .chain(let chain, let layer):
          outputs[step.node] = try layer(
            model.padded(inputs[0], chain), adding: inputs.count > 1 ? inputs[1] : nil,
            relu: chain.hasReLU)
        }
        for node in step.finished { outputs[node] = nil }
      }
      return try value(wanted).contiguous()
    }
  }

  /// The output of a layer that stands by itself.
  private func single(_ index: Int, _ inputs: [Tensor]) throws -> Tensor {
    if case .maxPool2d(let window) = model.graph.nodes[index].operation, !window.ceilMode,
      window.dilation == Pair(1, 1)
    {
      return try inputs[0].maxPool2dForInference(
        kernel: window.kernel.array, stride: window.stride.array, padding: window.padding.array)
    }
    return try model.apply(index, inputs, training: nil)
  }
}

@available(*, unavailable)
extension InferencePlan: Sendable {}

extension Model {
  /// The frozen layers, compiled for batches of `rows` examples, with the weights of this moment.
  package func inferencePlan(upTo prefix: FrozenPrefix, rows: Int) throws -> InferencePlan {
    try InferencePlan(
      self, nodes: prefix.nodes.sorted(), wanted: .node(prefix.end), rows: rows)
  }

  /// The whole model, compiled for batches of `rows` examples, with the weights of this moment.
  package func inferencePlan(rows: Int) throws -> InferencePlan {
    try InferencePlan(self, nodes: Array(graph.nodes.indices), wanted: graph.output, rows: rows)
  }
}
