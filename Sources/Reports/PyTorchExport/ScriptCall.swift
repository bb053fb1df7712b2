import Diagnostics
import Graph

/// One layer as calls of LibTorch's operators.
struct ScriptCall {
  let node: Graph.Node
  /// The variables of its inputs.
  let inputs: [String]
  /// The shapes of the inputs for one example.
  let shapes: [[Int]]
  /// What the names of the model's weights begin with.
  let prefix: String
  /// The variable of its output.
  let name: String

  var input: String { inputs[0] }

  /// The lines that compute the output, and the variable that holds it.
  ///
  /// - Throws: `InputError` at a layer without a counterpart.
  func written() throws -> (lines: [String], value: String) {
    switch node.operation {
    case .identity, .dropout, .stochasticDepth: return ([], input)
    case .recurrent(let network): return (recurrent(network), name)
    case .attention(let attention): return (self.attention(attention), name)
    default: return (["\(name) = \(try expression())"], name)
    }
  }

  // MARK: Parameters

  func has(_ parameter: String) -> Bool { node.parameters.contains { $0.name == parameter } }

  func shape(of parameter: String) -> [Int] {
    node.parameters.first { $0.name == parameter }?.shape ?? []
  }

  /// A parameter in the module; `None` if the layer has no such one.
  func own(_ parameter: String) -> String {
    guard let spec = node.parameters.first(where: { $0.name == parameter }) else { return "None" }
    let words = (prefix + ScriptSource.path(node.name(of: spec))).split(separator: ".").map(
      String.init)
    return words.reduce("self") { value, word in
      Python.isAttribute(word) ? "\(value).\(word)" : "getattr(\(value), \"\(word)\")"
    }
  }

  func call(_ function: String, _ arguments: [String]) -> String {
    "torch.\(function)(\(([input] + arguments).joined(separator: ", ")))"
  }

  func list(_ values: [Int]) -> String {
    "[\(values.map(String.init).joined(separator: ", "))]"
  }

  // MARK: Operators

  private func expression() throws -> String {
    switch node.operation {
    case .torchScript:
      throw InputError([
        Diagnostic(
          .error,
          "the layer '\(node.layer)' (\(node.path)) cannot be part of another TorchScript file yet",
          at: node.range, hint: "use its own file beside the exported one")
      ])
    case .flatten(let start, let end): return call("flatten", ["\(start)", "\(end)"])
    case .reshape(let shape): return call("reshape", [list([-1] + shape)])
    case .linear: return call("linear", [own("weight"), own("bias")])
    case .activation(let activation): return self.activation(activation)
    case .softmax(let dim): return call("softmax", ["\(dim)"])
    case .logSoftmax(let dim): return call("log_softmax", ["\(dim)"])
    case .batchNorm, .layerNorm, .layerNorm2d, .groupNorm, .instanceNorm, .localResponseNorm:
      return normalization()
    case .conv1d, .conv2d, .convTranspose: return convolution()
    case .maxPool1d, .maxPool2d, .avgPool1d, .avgPool2d, .adaptiveAvgPool1d, .adaptiveAvgPool2d,
      .adaptiveMaxPool, .globalAvgPool:
      return pooling()
    case .pad, .upsample, .pixelShuffle, .pixelUnshuffle, .channelShuffle: return rearrangement()
    case .permute(let dims): return call("permute", [list(dims)])
    case .slice(let dim, let start, let end, let step):
      return call("slice", ["\(dim)", "\(start)", "\(end)", "\(step)"])
    case .reduce(let reduction, let dims, let keepsDims):
      let function =
        switch reduction {
        case .mean: "mean"
        case .sum: "sum"
        case .max: "amax"
        }
      return call(function, [list(dims), Python.bool(keepsDims)])
    case .scale: return call("mul", [own("")])
    case .parameter:
      let sizes = ["\(input).size(0)"] + node.output.dims.map { _ in "-1" }
      return "torch.expand(\(own("")), [\(sizes.joined(separator: ", "))])"
    case .matmul: return call("matmul", [inputs[1]])
    case .prelu: return call("prelu", [own("weight")])
    case .glu(let dim): return call("glu", ["\(dim)"])
    // 4 is the number of int64 among the types.
    case .embedding: return "torch.embedding(\(own("weight")), torch.to(\(input), 4))"
    case .add: return inputs.joined(separator: " + ")
    case .multiply: return inputs.joined(separator: " * ")
    case .concat(let dim): return "torch.cat([\(inputs.joined(separator: ", "))], \(dim))"
    case .identity, .dropout, .stochasticDepth, .attention, .recurrent: return input
    }
  }

  private func activation(_ activation: Operation.Activation) -> String {
    switch activation {
    case .relu: call("relu", [])
    case .silu: call("silu", [])
    case .sigmoid: call("sigmoid", [])
    case .tanh: call("tanh", [])
    case .hardswish: call("hardswish", [])
    case .relu6: call("hardtanh", ["0.0", "6.0"])
    case .hardsigmoid: call("hardsigmoid", [])
    case .selu: call("selu", [])
    case .mish: call("mish", [])
    case .leakyReLU(let slope): call("leaky_relu", [Python.number(slope)])
    case .elu(let alpha): call("elu", [Python.number(alpha)])
    case .softplus(let beta, let threshold):
      call("softplus", [Python.number(beta), Python.number(threshold)])
    case .gelu(let isTanh): call("gelu", isTanh ? ["approximate=\"tanh\""] : [])
    }
  }

  private func normalization() -> String {
    let learned = [own("weight"), own("bias")]
    let statistics = [own("running_mean"), own("running_var")]
    let usesInput = Python.bool(!has("running_mean"))
    switch node.operation {
    case .batchNorm(_, let eps):
      return call(
        "batch_norm", learned + statistics + [usesInput, "0.0", Python.number(eps), "True"])
    case .instanceNorm(_, let eps):
      return call(
        "instance_norm", learned + statistics + [usesInput, "0.0", Python.number(eps), "True"])
    case .layerNorm(let shape, let eps):
      return call("layer_norm", [list(shape)] + learned + [Python.number(eps)])
    case .layerNorm2d(let eps):
      let arguments = [list([shapes[0][0]])] + learned + [Python.number(eps)]
      return "torch.permute(torch.layer_norm(torch.permute(\(input), [0, 2, 3, 1]), "
        + "\(arguments.joined(separator: ", "))), [0, 3, 1, 2])"
    case .groupNorm(let groups, let eps):
      return call("group_norm", ["\(groups)"] + learned + [Python.number(eps)])
    case .localResponseNorm(let size, let alpha, let beta, let k):
      // As torch.nn.functional.local_response_norm: means over neighbouring channels, which become a dimension.
      let spatial = shapes[0].count - 1
      let zeros = Array(repeating: 0, count: 2 * spatial)
      let ones = Array(repeating: 1, count: spatial)
      let squares =
        "torch.constant_pad_nd(torch.unsqueeze(\(input) * \(input), 1), "
        + "\(list(zeros + [size / 2, (size - 1) / 2])), 0)"
      let means =
        "torch.squeeze(torch.avg_pool\(spatial + 1)d(\(squares), \(list([size] + ones)), "
        + "\(list([1] + ones))), 1)"
      return "\(input) / torch.pow(\(means) * \(Python.number(alpha)) + \(Python.number(k)), "
        + "\(Python.number(beta)))"
    default: return input
    }
  }
}
