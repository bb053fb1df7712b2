import Graph

extension PythonLayerTranslation {
  func normalization() -> PythonLayer {
    func eps(_ value: Double) -> PythonArgument { .option("eps", value, 1e-5) }
    let spatial = max(input.count - 1, 1)
    switch node.operation {
    case .batchNorm(let momentum, let value):
      return .module(
        "BatchNorm\(spatial)d",
        [
          .place("num_features", input[0]), eps(value),
          .option("momentum", momentum.map(Python.number) ?? "None", "0.1"),
          .flag("affine", has("weight"), true),
          .flag("track_running_stats", has("running_mean"), true),
        ])
    case .instanceNorm(let momentum, let value):
      return .module(
        "InstanceNorm\(spatial)d",
        [
          .place("num_features", input[0]), eps(value), .option("momentum", momentum, 0.1),
          .flag("affine", has("weight"), false),
          .flag("track_running_stats", has("running_mean"), false),
        ])
    case .layerNorm(let shape, let value):
      return .module(
        "LayerNorm",
        [
          .place("normalized_shape", shape.count == 1 ? String(shape[0]) : Python.tuple(shape)),
          eps(value),
        ] + affine)
    case .layerNorm2d(let value):
      return .helper(.layerNorm2d, [.place("num_features", input[0]), eps(value)] + affine)
    case .groupNorm(let groups, let value):
      return .module(
        "GroupNorm",
        [
          .place("num_groups", groups), .place("num_channels", input[0]), eps(value),
          .flag("affine", has("weight"), true),
        ])
    case .localResponseNorm(let size, let alpha, let beta, let k):
      return .both(
        "LocalResponseNorm", "F.local_response_norm",
        [
          .place("size", size), .option("alpha", alpha, 1e-4), .option("beta", beta, 0.75),
          .option("k", k, 1),
        ])
    default: return PythonLayer()
    }
  }

  private var affine: [PythonArgument] {
    [
      .flag("elementwise_affine", has("weight"), true),
      .flag("bias", has("bias") || !has("weight"), true),
    ]
  }

  func learned() -> PythonLayer {
    switch node.operation {
    case .scale:
      return PythonLayer(
        expression: PythonCode([.input(0), .text(" * "), .parameter]), parameter: ones)
    case .parameter:
      // The batch comes from the input; -1 keeps the parameter's own sizes.
      let rest = String(repeating: ", -1", count: node.output.rank)
      return PythonLayer(
        expression: PythonCode([
          .parameter, .text(".expand("), .input(0), .text(".shape[0]\(rest))"),
        ]), parameter: ones)
    case .prelu:
      return .module("PReLU", [.option("num_parameters", shape(of: "weight")[0], 1)])
    case .embedding(let padding):
      let shape = shape(of: "weight")
      return .helper(
        .embedding,
        [
          .place("num_embeddings", shape[0]), .place("embedding_dim", shape[1]),
          .option("padding_idx", padding.map(String.init) ?? "None", "None"),
        ])
    case .attention(let attention):
      var arguments: [PythonArgument] = [
        .place("embed_dim", node.output.dims[1]), .place("num_heads", attention.heads),
        .option("dropout", attention.dropout, 0), .flag("bias", has("in_proj_bias"), true),
      ]
      if !has("in_proj_weight") {
        arguments += [
          PythonArgument(name: "kdim", value: String(shape(of: "k_proj_weight")[1])),
          PythonArgument(name: "vdim", value: String(shape(of: "v_proj_weight")[1])),
        ]
      }
      return .helper(.attention, arguments + [.flag("is_causal", attention.isCausal, false)])
    case .recurrent(let network):
      return .helper(
        network.cell == .lstm ? .lstm : .gru,
        [
          .place("input_size", input[1]), .place("hidden_size", network.hiddenSize),
          .option("num_layers", network.layers, 1), .flag("bias", network.hasBias, true),
          .option("dropout", network.layers > 1 ? network.dropout : 0, 0),
          .flag("bidirectional", network.isBidirectional, false),
          .flag("returns_last", network.returnsLast, false),
        ])
    default: return PythonLayer()
    }
  }

  /// A parameter of the layer's own shape; its values come from the weights.
  private var ones: PythonCode {
    let shape = shape(of: "")
    let sizes = shape.enumerated().map { place, size -> PythonArgument in
      .place(size == 1 ? "size\(place + 1)" : "channels", size)
    }
    return PythonCode([
      .text("nn.Parameter(torch.ones("),
      .arguments(sizes.isEmpty ? [.word("", "()").positional] : sizes, afterOthers: false),
      .text("))"),
    ])
  }
}
