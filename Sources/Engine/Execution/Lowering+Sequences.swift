import Graph
import Torch

/// A value in a batch that a layer cannot work on, such as a number that is no row of an embedding.
struct InvalidValue: Error {
  let message: String
  let hint: String?
}

extension Lowering {
  /// nn.MultiheadAttention with the batch first and without averaged weights.
  static func attention(
    _ inputs: [Tensor], _ attention: Operation.Attention, _ parameters: [String: Tensor],
    _ path: String, _ training: TrainingStep?
  ) throws -> Tensor {
    let query = inputs[0]
    let (batch, positions, features) = (query.shape[0], query.shape[1], query.shape[2])
    let size = features / attention.heads
    /// [N, heads, positions, size] of [N, positions, features].
    func heads(_ projected: Tensor) throws -> Tensor {
      try projected.reshape([batch, projected.shape[1], attention.heads, size])
        .permute([0, 2, 1, 3])
    }
    let projected = try projections(inputs, features, parameters, path)
    let (q, k, v) = (try heads(projected[0]), try heads(projected[1]), try heads(projected[2]))
    let attended: Tensor
    if let training, attention.dropout > 0 {
      var scores = try q.mul(1 / Double(size).squareRoot()).matmul(k.permute([0, 1, 3, 2]))
      if attention.isCausal {
        scores = try scores.add(scores.causalMask(queries: positions, keys: k.shape[2]))
      }
      let weights = try scores.softmax(dim: -1)
      attended = try masked(
        weights, weights.shape, p: attention.dropout, path: path, training
      ).matmul(v.to(weights.dtype))
    } else {
      attended = try q.attention(key: k, value: v, isCausal: attention.isCausal)
    }
    return try attended.permute([0, 2, 1, 3]).reshape([batch, positions, features])
      .linear(weight: own(parameters, "out_proj.weight", path), bias: parameters["out_proj.bias"])
  }

  /// The projections of query, key and value, each [N, positions, features].
  private static func projections(
    _ inputs: [Tensor], _ features: Int, _ parameters: [String: Tensor], _ path: String
  ) throws -> [Tensor] {
    let bias = parameters["in_proj_bias"]
    func part(_ tensor: Tensor, _ index: Int) throws -> Tensor {
      try tensor.narrow(dim: 0, start: index * features, length: features)
    }
    if inputs.count == 1, let weight = parameters["in_proj_weight"] {
      let all = try inputs[0].linear(weight: weight, bias: bias)
      return try (0..<3).map { try all.narrow(dim: 2, start: $0 * features, length: features) }
    }
    return try ["q", "k", "v"].enumerated().map { index, name in
      let weight =
        try parameters["in_proj_weight"].map { try part($0, index) }
        ?? own(parameters, "\(name)_proj_weight", path)
      return try inputs[min(index, inputs.count - 1)].linear(
        weight: weight, bias: bias.map { try part($0, index) })
    }
  }

  /// Rows of `weight` for the integers in `input`.
  static func embedding(
    _ input: Tensor, _ weight: Tensor, paddingIndex: Int?
  ) throws -> Tensor {
    let count = weight.shape[0]
    let values = try input.detach().to(Device.cpu).doubles()
    let wrong = values.first { !($0 >= 0 && $0 < Double(count) && $0 == $0.rounded()) }
    if let wrong {
      let isWhole = wrong == wrong.rounded()
      let text = isWhole && abs(wrong) < 1e15 ? String(Int(wrong)) : String(wrong)
      throw InvalidValue(
        message: isWhole
          ? "the input holds \(text), but there are \(count) embeddings, 0 to \(count - 1)"
          : "the input holds \(text), which is not an integer",
        hint: isWhole && wrong >= 0 && wrong < 1e7
          ? "num_embeddings: \(Int(wrong) + 1) or more" : nil)
    }
    return try weight.embedding(input.to(.int64), paddingIndex: paddingIndex)
  }

  /// nn.LSTM or nn.GRU, from states of zero.
  static func recurrent(
    _ input: Tensor, _ network: Operation.Recurrent, _ parameters: [String: Tensor],
    _ path: String, _ training: TrainingStep?
  ) throws -> Tensor {
    func weights(_ layer: Int) throws -> [Tensor] {
      let kinds = ["weight_ih", "weight_hh"] + (network.hasBias ? ["bias_ih", "bias_hh"] : [])
      return try ["", "_reverse"].prefix(network.isBidirectional ? 2 : 1).flatMap { suffix in
        try kinds.map { try own(parameters, "\($0)_l\(layer)\(suffix)", path) }
      }
    }
    func run(_ input: Tensor, _ layers: Range<Int>) throws -> (outputs: Tensor, last: Tensor) {
      let weights = try layers.flatMap(weights)
      // After a layer in lower precision; recurrent layers compute in that of their weights.
      return try input.to(weights[0].dtype).recurrent(
        network.cell == .lstm ? .lstm : .gru, parameters: weights,
        hiddenSize: network.hiddenSize, layers: layers.count,
        isBidirectional: network.isBidirectional, hasBias: network.hasBias)
    }
    var result: (outputs: Tensor, last: Tensor)
    if let training, network.dropout > 0, network.layers > 1 {
      // LibTorch would draw the masks from its own generator.
      result = try run(input, 0..<1)
      for layer in 1..<network.layers {
        let kept = try masked(
          result.outputs, result.outputs.shape, p: network.dropout, path: "\(path).\(layer - 1)",
          training)
        result = try run(kept, layer..<(layer + 1))
      }
    } else {
      result = try run(input, 0..<network.layers)
    }
    return network.returnsLast ? result.last : result.outputs
  }
}
