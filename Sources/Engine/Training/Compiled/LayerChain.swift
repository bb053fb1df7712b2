import CKernels
import Graph
import Randomness

/// A model, or the part after its frozen prefix, as a sequence of linear layers, convolutions and maximum pooling
/// with element-wise operations in between: the models that a compiled step can train. Whether a model is such a
/// chain depends only on its graph and the processor.
struct LayerChain {
  /// A layer, an activation and dropout, in this order; each is optional.
  struct Stage {
    var layer: Layer?
    var activation: Activation?
    var dropout: Dropout?
    /// Outputs per example.
    let width: Int
    /// Pixels of an output whose channels are adjacent; otherwise 1.
    let pixels: Int

    /// Whether activation and dropout are fused into one pass, forward and backward.
    var dropsAfterReLU: Bool { dropout != nil && activation?.kind == CK_RELU }

    /// The parameters of the layer, if it has any.
    var parameters: Parameters? {
      switch layer {
      case .linear(let parameters): parameters
      case .convolution(let convolution): convolution.parameters
      case .pooling, .reordering, nil: nil
      }
    }
  }

  enum Layer {
    case linear(Parameters)
    case convolution(Convolution)
    case pooling(ck_pool)
    /// Pictures [channels][pixels] in the other order, [pixels][channels], or back.
    case reordering(channels: Int, pixels: Int, toChannelsLast: Bool)
  }

  struct Parameters {
    let weight: String
    let bias: String?
    /// The size of the weights' first dimension and of the bias.
    let units: Int
    /// The weights of a unit.
    let unitSize: Int

    var names: [String] { [weight, bias].compactMap(\.self) }
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

  private(set) var stages: [Stage] = []
  /// The number of stages up to the last one that computes a picture.
  private(set) var pictureStages = 0
  /// Inputs per example.
  let inputs: Int
  /// Whether the output of the last stage is a picture with adjacent channels.
  private var isPicture = false

  /// - Returns: `nil` if the graph is not such a chain.
  init?(_ graph: Graph, behind prefix: FrozenPrefix?) {
    guard graph.inputs.count == 1 else { return nil }
    var current = prefix.map { Graph.Source.node($0.end) } ?? .input(0)
    var shape = graph.shape(of: current)
    inputs = shape.count
    for (index, node) in graph.nodes.enumerated() where prefix?.nodes.contains(index) != true {
      guard node.inputs == [current], !node.borrowsParameters, append(index, node, shape) else {
        return nil
      }
      current = .node(index)
      shape = node.output
    }
    guard graph.outputs.map(\.source) == [current], shape.rank == 1,
      stages.contains(where: { $0.parameters != nil })
    else { return nil }
  }

  var outputs: Int { stages.last?.width ?? inputs }

  /// The first stage with parameters, where backpropagation can stop.
  var firstTrained: Int { stages.firstIndex { $0.parameters != nil } ?? 0 }

  private mutating func append(_ index: Int, _ node: Graph.Node, _ input: Shape) -> Bool {
    let output = node.output
    guard output.count > 0 else { return false }
    switch node.operation {
    case .identity: return true
    case .flatten, .reshape:
      if input != output { endPicture(input) }
      return output.count == input.count
    case .linear:
      // With further dimensions, every row would count as an example.
      guard input.rank == 1, output.rank == 1,
        let parameters = Parameters(node, units: output.count, unitSize: input.count)
      else { return false }
      append(.linear(parameters), output)
    case .conv2d(let settings):
      guard let layer = Convolution(settings, node, from: input), beginPicture(input) else {
        return false
      }
      append(.convolution(layer), output)
    case .maxPool2d(let window):
      guard let pool = ck_pool(window, from: input), beginPicture(input) else { return false }
      append(.pooling(pool), output)
    case .activation(let activation):
      guard let activation = Activation(activation, index), input.rank != 3 || beginPicture(input)
      else { return false }
      if !mayExtendLastStage || stages.last?.activation != nil { append(nil, output) }
      stages[stages.count - 1].activation = activation
    case .dropout(let p, wholeChannels: false):
      if p == 0 { return true }
      // Masks are drawn in another order than that of a picture's channels.
      guard !isPicture else { return false }
      if !mayExtendLastStage { append(nil, output) }
      stages[stages.count - 1].dropout = Dropout(p: Float(p), unit: StableHash.fnv1a(node.path))
    default: return false
    }
    return true
  }

  private mutating func append(_ layer: Layer?, _ output: Shape) {
    let pixels = isPicture ? output.count / output.dims[0] : 1
    stages.append(Stage(layer: layer, width: output.count, pixels: pixels))
    if isPicture { pictureStages = stages.count }
  }

  /// Whether an activation or dropout can be computed in the last stage.
  private var mayExtendLastStage: Bool {
    guard let last = stages.last, last.dropout == nil, isPicture || stages.count > pictureStages
    else { return false }
    switch last.layer {
    case .linear, .convolution, nil: return true
    case .pooling, .reordering: return false
    }
  }

  /// Makes the channels of a picture adjacent.
  ///
  /// - Returns: Whether the chain consists of pictures so far; they are computed one by one.
  private mutating func beginPicture(_ shape: Shape) -> Bool {
    if isPicture { return true }
    guard stages.isEmpty else { return false }
    isPicture = true
    reorder(shape, toChannelsLast: true)
    return true
  }

  /// Restores the order of what is no longer a picture.
  private mutating func endPicture(_ shape: Shape) {
    guard isPicture else { return }
    reorder(shape, toChannelsLast: false)
    isPicture = false
  }

  private mutating func reorder(_ shape: Shape, toChannelsLast: Bool) {
    let channels = shape.dims[0], pixels = shape.count / channels
    if channels == 1 || pixels == 1 { return }
    append(
      .reordering(channels: channels, pixels: pixels, toChannelsLast: toChannelsLast), shape)
  }
}

extension LayerChain.Parameters {
  /// Returns `nil` if the node has no weights.
  init?(_ node: Graph.Node, units: Int, unitSize: Int) {
    let names = Set(node.parameters.map(\.name))
    guard names.contains("weight") else { return nil }
    self.init(
      weight: "\(node.path).weight", bias: names.contains("bias") ? "\(node.path).bias" : nil,
      units: units, unitSize: unitSize)
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
