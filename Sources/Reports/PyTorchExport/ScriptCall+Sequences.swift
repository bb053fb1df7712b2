import Graph

extension ScriptCall {
  /// nn.MultiheadAttention with the batch first.
  func attention(_ attention: Operation.Attention) -> [String] {
    let features = node.output.dims[1]
    let size = features / attention.heads
    func part(_ parameter: String, _ index: Int) -> String {
      has(parameter)
        ? "torch.slice(\(own(parameter)), 0, \(index * features), \((index + 1) * features), 1)"
        : "None"
    }
    var lines: [String] = []
    for (index, letter) in ["q", "k", "v"].enumerated() {
      let place = min(index, inputs.count - 1)
      let weight =
        has("in_proj_weight") ? part("in_proj_weight", index) : own("\(letter)_proj_weight")
      let projected = "torch.linear(\(inputs[place]), \(weight), \(part("in_proj_bias", index)))"
      let heads = list([-1, shapes[place][0], attention.heads, size])
      lines.append(
        "\(name)\(letter) = torch.permute(torch.reshape(\(projected), \(heads)), [0, 2, 1, 3])")
    }
    let attended =
      "torch.scaled_dot_product_attention(\(name)q, \(name)k, \(name)v, None, 0.0, "
      + "\(Python.bool(attention.isCausal)))"
    let joined =
      "torch.reshape(torch.permute(\(attended), [0, 2, 1, 3]), "
      + "\(list([-1, shapes[0][0], features])))"
    return lines + [
      "\(name) = torch.linear(\(joined), \(own("out_proj.weight")), \(own("out_proj.bias")))"
    ]
  }

  /// nn.LSTM or nn.GRU with the batch first, from states of zero.
  func recurrent(_ network: Operation.Recurrent) -> [String] {
    let directions = network.isBidirectional ? ["", "_reverse"] : [""]
    let kinds = ["weight_ih", "weight_hh"] + (network.hasBias ? ["bias_ih", "bias_hh"] : [])
    let weights = (0..<network.layers).flatMap { layer in
      directions.flatMap { suffix in kinds.map { own("\($0)_l\(layer)\(suffix)") } }
    }
    let count = network.layers * directions.count
    let state =
      "\(name)s = torch.new_zeros(\(input), [\(count), \(input).size(0), \(network.hiddenSize)])"
    let arguments = [
      "[\(weights.joined(separator: ", "))]", Python.bool(network.hasBias), "\(network.layers)",
      "0.0", "False", Python.bool(network.isBidirectional), "True",
    ]
    let isLSTM = network.cell == .lstm
    let values = isLSTM ? "\(name)o, \(name)h, \(name)c" : "\(name)o, \(name)h"
    let start = isLSTM ? "[\(name)s, \(name)s]" : "\(name)s"
    let function = isLSTM ? "lstm" : "gru"
    let result =
      network.returnsLast
      ? "torch.flatten(torch.transpose(torch.slice(\(name)h, 0, \(count - directions.count), "
        + "\(count), 1), 0, 1), 1, 2)"
      : "\(name)o"
    return [
      state, "\(values) = \(call(function, [start] + arguments))", "\(name) = \(result)",
    ]
  }
}
