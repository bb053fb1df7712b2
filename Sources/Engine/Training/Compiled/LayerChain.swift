import CKernels
import Graph
import Randomness

/// A model, or the part after its frozen prefix, as a sequence of linear layers with element-wise operations
/// in between: the models that a compiled step can train. Whether a model is such a chain depends only on its
/// graph.
struct LayerChain {
  /// A linear layer, an activation and dropout, in this order; each is optional.
  struct Stage {
    var linear: Linear?
    var activation: Activation?
    var dropout: Dropout?
    /// Outputs per example.
    let width: Int

    /// Whether activation and dropout are fused into one pass, forward and backward.
    var dropsAfterReLU: Bool { dropout != nil && activation?.kind == CK_RELU }
  }

  struct Linear {
    let weight: String
    let bias: String?
    let inputs: Int
  }

  struct Activation {
    let kind: ck_activation
    var slope: Float = 0
    /// The node's index in the graph.
    let node: Int
  }

  struct Dropout {
    let p: Float
    /// The unit in the dropout random stream.
    let unit: UInt64
  }

  let stages: [Stage]
  /// Inputs per example.
  let inputs: Int

  /// - Returns: `nil` if the graph is not such a chain.
  init?(_ graph: Graph, behind prefix: FrozenPrefix?) {
    guard graph.inputs.count == 1 else { return nil }
    var current = prefix.map { Graph.Source.node($0.end) } ?? .input(0)
    var shape = graph.shape(of: current)
    inputs = shape.count
    var stages: [Stage] = []
    for (index, node) in graph.nodes.enumerated() where prefix?.nodes.contains(index) != true {
      guard node.inputs == [current], !node.borrowsParameters,
        Self.append(index, node, shape, to: &stages)
      else {
        return nil
      }
      current = .node(index)
      shape = node.output
    }
    guard graph.outputs.map(\.source) == [current], shape.rank == 1,
      stages.contains(where: { $0.linear != nil })
    else { return nil }
    self.stages = stages
  }

  var outputs: Int { stages.last?.width ?? inputs }

  /// The first stage with parameters, where backpropagation can stop.
  var firstLinear: Int { stages.firstIndex { $0.linear != nil } ?? 0 }

  private static func append(
    _ index: Int, _ node: Graph.Node, _ input: Shape, to stages: inout [Stage]
  ) -> Bool {
    let width = node.output.count
    switch node.operation {
    case .identity, .flatten, .reshape: return width == input.count
    case .linear:
      // With further dimensions, every row would count as an example.
      guard input.rank == 1, node.output.rank == 1 else { return false }
      let names = Set(node.parameters.map(\.name))
      guard names.contains("weight") else { return false }
      let linear = Linear(
        weight: "\(node.path).weight", bias: names.contains("bias") ? "\(node.path).bias" : nil,
        inputs: input.count)
      stages.append(Stage(linear: linear, width: width))
    case .activation(let activation):
      guard let activation = Activation(activation, index) else { return false }
      if let last = stages.last, last.activation == nil, last.dropout == nil {
        stages[stages.count - 1].activation = activation
      } else {
        stages.append(Stage(activation: activation, width: width))
      }
    case .dropout(let p, wholeChannels: false):
      if p == 0 { return true }
      let dropout = Dropout(p: Float(p), unit: StableHash.fnv1a(node.path))
      if let last = stages.last, last.dropout == nil {
        stages[stages.count - 1].dropout = dropout
      } else {
        stages.append(Stage(dropout: dropout, width: width))
      }
    default: return false
    }
    return width > 0
  }
}

extension LayerChain.Activation {
  /// Returns `nil` if there is no kernel for the activation or its derivative is not a function of its
  /// output.
  fileprivate init?(_ activation: Operation.Activation, _ node: Int) {
    self.node = node
    switch activation {
    case .relu: kind = CK_RELU
    case .sigmoid: kind = CK_SIGMOID
    case .tanh: kind = CK_TANH
    case .leakyReLU(let slope) where slope > 0:
      kind = CK_LEAKY_RELU
      self.slope = Float(slope)
    case .leakyReLU, .silu, .gelu, .hardswish, .relu6, .hardsigmoid, .selu, .mish, .elu, .softplus:
      return nil
    }
  }
}

extension LayerChain.Dropout {
  /// The dropout mask of one training step from a value on, which is a multiple of 4.
  func mask(_ place: RandomStream, from first: Int) -> ck_dropout {
    ck_dropout(
      key: (place.key.x, place.key.y), first: UInt64(first),
      threshold: RandomStream.dropoutThreshold(p: p), scale: scale)
  }

  var scale: Float { RandomStream.dropoutScale(p: p) }
}
