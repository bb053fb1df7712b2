import Diagnostics
import Graph

/// What a layer of the graph is in PyTorch.
struct PythonLayer {
  /// How its module is made; `nil` if `torch.nn` has none.
  var module: PythonCode?
  /// The same in `forward`, without a module; `nil` if it has to have one.
  var expression: PythonCode?
  /// The class that its module is of, if `torch.nn` does not have it.
  var helper: PythonHelper?
  /// The value of its own parameter, which has the layer's name.
  var parameter: PythonCode?
  /// Whether it does nothing.
  var isIdentity = false
  /// Whether the expression reads well around another one, as activations do.
  var isFoldable = false

  /// A layer with a module and a function of the same arguments.
  static func both(
    _ module: String, _ function: String, _ arguments: [PythonArgument] = []
  ) -> PythonLayer {
    PythonLayer(
      module: .call("nn.\(module)", arguments), expression: .function(function, arguments))
  }

  static func activation(
    _ module: String, _ function: String, _ arguments: [PythonArgument] = []
  ) -> PythonLayer {
    var layer = both(module, function, arguments)
    layer.isFoldable = true
    return layer
  }

  /// A layer that needs a module, because it has parameters.
  static func module(_ name: String, _ arguments: [PythonArgument]) -> PythonLayer {
    PythonLayer(module: .call("nn.\(name)", arguments))
  }

  /// A layer whose module is of a class that is written into the file.
  static func helper(_ helper: PythonHelper, _ arguments: [PythonArgument]) -> PythonLayer {
    PythonLayer(module: .call(helper.rawValue, arguments), helper: helper)
  }

  static func expression(_ parts: [PythonCode.Part]) -> PythonLayer {
    PythonLayer(expression: PythonCode(parts))
  }

  /// `x.name(…)`.
  static func method(_ name: String, _ arguments: [PythonArgument]) -> PythonLayer {
    expression([
      .input(0), .text(".\(name)("), .arguments(arguments, afterOthers: false), .text(")"),
    ])
  }

  /// The layer of a node.
  ///
  /// - Parameter inputs: the shapes of its inputs.
  /// - Throws: `InputError` at a layer without a counterpart.
  init(_ node: Graph.Node, _ inputs: [Shape]) throws {
    self = try PythonLayerTranslation(node: node, inputs: inputs).layer()
  }

  init(
    module: PythonCode? = nil, expression: PythonCode? = nil, helper: PythonHelper? = nil,
    parameter: PythonCode? = nil
  ) {
    self.module = module
    self.expression = expression
    self.helper = helper
    self.parameter = parameter
  }
}

/// One layer on its way to Python.
struct PythonLayerTranslation {
  let node: Graph.Node
  /// The shapes of the inputs for one example.
  let inputs: [Shape]

  var input: [Int] { inputs[0].dims }

  func has(_ name: String) -> Bool { node.parameters.contains { $0.name == name } }

  func shape(of name: String) -> [Int] {
    node.parameters.first { $0.name == name }?.shape ?? []
  }

  func layer() throws -> PythonLayer {
    switch node.operation {
    case .identity:
      var layer = PythonLayer(module: .call("nn.Identity", []))
      layer.isIdentity = true
      return layer
    case .torchScript:
      throw InputError([
        Diagnostic(
          .error,
          "the layer '\(node.layer)' (\(node.path)) cannot be written in Python: its program is in a "
            + "TorchScript file", at: node.range,
          hint: "export the part in Python that made the file")
      ])
    case .flatten(let start, let end):
      let last = end == inputs[0].rank ? -1 : end
      return PythonLayer(
        module: .call(
          "nn.Flatten", [.option("start_dim", start, 1), .option("end_dim", last, -1)]),
        expression: PythonCode([
          .input(0), .text(".flatten("),
          .arguments(
            [.place("start_dim", start), .option("end_dim", last, -1)], afterOthers: false),
          .text(")"),
        ]))
    case .reshape(let shape):
      return .method("reshape", [PythonArgument.word("", "-1").positional] + dimensions(shape))
    case .linear:
      let shape = shape(of: "weight")
      return .module(
        "Linear",
        [
          .place("in_features", shape[1]), .place("out_features", shape[0]),
          .flag("bias", has("bias"), true),
        ])
    case .activation(let activation): return self.activation(activation)
    case .softmax(let dim): return .both("Softmax", "F.softmax", [dimension(dim)])
    case .logSoftmax(let dim): return .both("LogSoftmax", "F.log_softmax", [dimension(dim)])
    case .dropout(let p, let wholeChannels):
      var layer = PythonLayer.module(
        wholeChannels ? (input.count == 2 ? "Dropout1d" : "Dropout2d") : "Dropout",
        [.place("p", Python.number(p))])
      layer.isIdentity = p == 0
      if !wholeChannels {
        layer.expression = .function(
          "F.dropout",
          [.place("p", Python.number(p)), .word("training", "self.training")])
      }
      return layer
    case .stochasticDepth(let p, let wholeBatch):
      return .helper(
        .stochasticDepth,
        [
          .place("p", Python.number(p)),
          PythonArgument(
            name: "mode", value: wholeBatch ? "\"batch\"" : "\"row\"", standard: "\"row\"",
            varies: false),
        ])
    case .batchNorm, .layerNorm, .layerNorm2d, .groupNorm, .instanceNorm, .localResponseNorm:
      return normalization()
    case .conv1d, .conv2d, .convTranspose: return convolution()
    case .maxPool1d, .maxPool2d, .avgPool1d, .avgPool2d, .adaptiveAvgPool1d, .adaptiveAvgPool2d,
      .adaptiveMaxPool, .globalAvgPool:
      return pooling()
    case .pad, .upsample, .pixelShuffle, .pixelUnshuffle, .channelShuffle: return rearrangement()
    case .permute(let dims):
      return .method("permute", [PythonArgument.place("dims", Python.tuple(dims))])
    case .slice(let dim, let start, let end, let step): return slice(dim, start, end, step)
    case .reduce(let reduction, let dims, let keepsDims):
      let name =
        switch reduction {
        case .mean: "mean"
        case .sum: "sum"
        case .max: "amax"
        }
      return .method(
        name, [.place("dim", Python.tuple(dims)), .flag("keepdim", keepsDims, false)])
    case .matmul: return .expression([.input(0), .text(" @ "), .input(1)])
    case .glu(let dim): return .both("GLU", "F.glu", [dimension(dim)])
    case .add: return joined(" + ")
    case .multiply: return joined(" * ")
    case .concat(let dim):
      var parts: [PythonCode.Part] = [.text("torch.cat([")]
      for index in inputs.indices { parts += [.text(index > 0 ? ", " : ""), .input(index)] }
      return .expression(
        parts + [.text("], "), .arguments([dimension(dim)], afterOthers: false), .text(")")])
    case .scale, .parameter, .prelu, .attention, .embedding, .recurrent: return learned()
    }
  }

  private func dimension(_ dim: Int) -> PythonArgument {
    PythonArgument(name: "dim", value: String(dim))
  }

  private func dimensions(_ shape: [Int]) -> [PythonArgument] {
    shape.enumerated().map { .place("size\($0 + 1)", $1) }
  }

  private func joined(_ sign: String) -> PythonLayer {
    .expression(
      inputs.indices.flatMap { index -> [PythonCode.Part] in
        index > 0 ? [.text(sign), .input(index)] : [.input(index)]
      })
  }

  private func slice(_ dim: Int, _ start: Int, _ end: Int, _ step: Int) -> PythonLayer {
    var parts: [PythonCode.Part] = [.input(0), .text("[" + String(repeating: ":, ", count: dim))]
    func number(_ name: String, _ value: Int) -> PythonCode.Part {
      .arguments([.place(name, value)], afterOthers: false)
    }
    if start > 0 { parts.append(number("start", start)) }
    parts.append(.text(":"))
    if end < input[dim - 1] { parts.append(number("end", end)) }
    if step > 1 { parts += [.text(":"), number("step", step)] }
    return .expression(parts + [.text("]")])
  }

  private func activation(_ activation: Operation.Activation) -> PythonLayer {
    switch activation {
    case .relu: .activation("ReLU", "F.relu")
    case .silu: .activation("SiLU", "F.silu")
    case .sigmoid: .activation("Sigmoid", "torch.sigmoid")
    case .tanh: .activation("Tanh", "torch.tanh")
    case .hardswish: .activation("Hardswish", "F.hardswish")
    case .relu6: .activation("ReLU6", "F.relu6")
    case .hardsigmoid: .activation("Hardsigmoid", "F.hardsigmoid")
    case .selu: .activation("SELU", "F.selu")
    case .mish: .activation("Mish", "F.mish")
    case .leakyReLU(let slope):
      .activation("LeakyReLU", "F.leaky_relu", [.option("negative_slope", slope, 0.01)])
    case .elu(let alpha): .activation("ELU", "F.elu", [.option("alpha", alpha, 1)])
    case .softplus(let beta, let threshold):
      .activation(
        "Softplus", "F.softplus",
        [.option("beta", beta, 1), .option("threshold", threshold, 20)])
    case .gelu(let isTanh):
      .activation("GELU", "F.gelu", isTanh ? [.word("approximate", "\"tanh\"")] : [])
    }
  }
}

extension PythonArgument {
  /// The same without its keyword.
  var positional: PythonArgument {
    var copy = self
    copy.isPositional = true
    return copy
  }
}
