import Graph

extension LayerLowering {
  /// nn.MultiheadAttention with the batch first.
  func attention(_ attention: Operation.Attention) throws -> Value {
    let features = node.output.dims[1]
    let (heads, size) = (attention.heads, features / attention.heads)
    let (query, key, value) = try attended(heads, size)
    let scale = builder.scalar(Float(1 / Double(size).squareRoot()))
    var scores = try builder("MatMul", builder("Mul", query, scale), key)
    if attention.isCausal {
      let (rows, columns) = (input.dims[0], inputs[min(1, inputs.count - 1)].dims[0])
      let mask = (0..<rows).flatMap { row in
        (0..<columns).map { $0 <= row ? Float(0) : -.infinity }
      }
      scores = try builder("Add", scores, constant(mask, [rows, columns], "causal_mask"))
    }
    let shares = try builder("Softmax", scores, attributes: ["axis": .int(-1)])
    let joined = try reshaped(
      transposed(builder("MatMul", shares, value), [0, 2, 1, 3]), node.output.dims)
    let output = try builder(
      "MatMul", joined,
      transposedMatrix(values("out_proj.weight"), [features, features], "out_proj.weight"))
    return has("out_proj.bias") ? try builder("Add", output, constant("out_proj.bias")) : output
  }

  /// Query and value [batch, heads, positions, size], and key [batch, heads, size, positions].
  private func attended(
    _ heads: Int, _ size: Int
  ) throws -> (query: Value, key: Value, value: Value) {
    if inputs.count == 1, has("in_proj_weight") { return try packed(heads, size) }
    func split(_ index: Int, _ order: [Int]) throws -> Value {
      let value = try projection(index, heads * size)
      return try transposed(reshaped(value, [value.dims[0], heads, size]), order)
    }
    return (try split(0, [0, 2, 1, 3]), try split(1, [0, 2, 3, 1]), try split(2, [0, 2, 1, 3]))
  }

  /// Of one input: a single product, which is faster than three.
  private func packed(
    _ heads: Int, _ size: Int
  ) throws -> (query: Value, key: Value, value: Value) {
    let features = heads * size
    let matrix = try transposedMatrix(
      values("in_proj_weight"), [3 * features, features], "in_proj_weight")
    var product = try builder("MatMul", input, matrix)
    if has("in_proj_bias") { product = try builder("Add", product, constant("in_proj_bias")) }
    let split = try transposed(
      reshaped(product, [input.dims[0], 3, heads, size]), [2, 0, 3, 1, 4])
    func part(_ index: Int) throws -> Value {
      try builder("Gather", split, builder.integers([index], []), attributes: ["axis": .int(0)])
    }
    return (try part(0), try transposed(part(1), [0, 1, 3, 2]), try part(2))
  }

  /// The projection of the query (0), key (1) or value (2).
  private func projection(_ index: Int, _ features: Int) throws -> Value {
    let source = inputs[min(index, inputs.count - 1)]
    let name = ["q", "k", "v"][index]
    let matrix: Value
    if has("in_proj_weight") {
      let count = features * features
      let part = try values("in_proj_weight")[(index * count)..<((index + 1) * count)]
      matrix = transposedMatrix(Array(part), [features, features], "\(name)_proj_weight")
    } else {
      let own = "\(name)_proj_weight"
      matrix = try transposedMatrix(values(own), shape(of: own), own)
    }
    let product = try builder("MatMul", source, matrix)
    guard has("in_proj_bias") else { return product }
    let bias = try values("in_proj_bias")[(index * features)..<((index + 1) * features)]
    return try builder("Add", product, constant(Array(bias), [features], "\(name)_proj_bias"))
  }

  /// nn.LSTM or nn.GRU from states of zero. ONNX has the steps first, one node for each layer, and other orders
  /// of the gates: input, output, forget, cell; and update, reset, new.
  func recurrent(_ network: Operation.Recurrent) throws -> Value {
    let hidden = network.hiddenSize
    let directions = network.isBidirectional ? 2 : 1
    let isLSTM = network.cell == .lstm
    let order = isLSTM ? [0, 3, 1, 2] : [1, 0, 2]
    func gates(_ name: String, _ layer: Int) throws -> [Float] {
      try ["", "_reverse"].prefix(directions).flatMap { suffix in
        let own = try values("\(name)_l\(layer)\(suffix)")
        let size = own.count / order.count
        return order.flatMap { own[($0 * size)..<(($0 + 1) * size)] }
      }
    }
    var attributes: [String: ONNXAttribute] = [
      "direction": .string(network.isBidirectional ? "bidirectional" : "forward"),
      "hidden_size": .int(hidden),
    ]
    if !isLSTM { attributes["linear_before_reset"] = .int(1) }
    let rows = order.count * hidden
    var value = try transposed(input, [1, 0, 2])
    var state = value
    for layer in 0..<network.layers {
      let features = layer == 0 ? input.dims[1] : directions * hidden
      let weight = try constant(
        gates("weight_ih", layer), [directions, rows, features], "weight_ih_l\(layer)")
      let recurrence = try constant(
        gates("weight_hh", layer), [directions, rows, hidden], "weight_hh_l\(layer)")
      var bias: Value?
      if network.hasBias {
        let (own, other) = (try gates("bias_ih", layer), try gates("bias_hh", layer))
        var joined: [Float] = []
        for start in stride(from: 0, to: own.count, by: rows) {
          joined += own[start..<(start + rows)]
          joined += other[start..<(start + rows)]
        }
        bias = constant(joined, [directions, 2 * rows], "bias_l\(layer)")
      }
      let outputs = try builder.add(
        isLSTM ? "LSTM" : "GRU", [value, weight, recurrence, bias], attributes, outputs: 2)
      state = outputs[1]
      // [steps, directions, batch, hidden].
      let steps = try transposed(outputs[0], [0, 2, 1, 3])
      value = try builder(
        "Reshape", steps, builder.integers([0, 0, directions * hidden]))
    }
    if network.returnsLast {
      return try reshaped(transposed(state, [1, 0, 2]), [directions * hidden])
    }
    return try transposed(value, [1, 0, 2])
  }
}
