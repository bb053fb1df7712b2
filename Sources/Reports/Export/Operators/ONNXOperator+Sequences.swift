extension ONNXOperator {
  /// Products of matrices and recurrent networks.
  static let sequences: [String: ONNXOperator] = [
    "Gemm": ONNXOperator(2...3, ["alpha", "beta", "transA", "transB"]) { call throws(ONNXFault) in
      let (input, weight) = (try call.input(0), try call.input(1))
      guard input.rank == 2, let sizes = weight.sizes, sizes.count == 2,
        try call.int("transB", default: 0) == 1, input.shape[1] == .fixed(sizes[1])
      else { throw call.fault("cannot multiply \(input) by \(weight)") }
      if call.inputs.count > 2, let bias = call.inputs[2], bias.shape != [.fixed(sizes[0])] {
        throw call.fault("has a bias of \(bias) for \(weight)")
      }
      return [ONNXType(input.element, [input.shape[0], .fixed(sizes[0])])]
    },
    "MatMul": ONNXOperator(2...2) { call throws(ONNXFault) in
      let (a, b) = (try call.input(0), try call.input(1))
      guard a.rank >= 2, b.rank >= 2, a.element == b.element else {
        throw call.fault("cannot multiply \(a) by \(b)")
      }
      if let inner = a.shape[a.rank - 1].size, let other = b.shape[b.rank - 2].size, inner != other
      {
        throw call.fault("cannot multiply \(a) by \(b)")
      }
      let outer = try call.broadcast(Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)))
      return [ONNXType(a.element, outer + [a.shape[a.rank - 2], b.shape[b.rank - 1]])]
    },
    "LSTM": recurrent(gates: 4, ["direction", "hidden_size"], outputs: 3),
    "GRU": recurrent(gates: 3, ["direction", "hidden_size", "linear_before_reset"], outputs: 2),
  ]

  /// - Parameter gates: vectors of the hidden size that a cell computes from its input.
  private static func recurrent(
    gates: Int, _ attributes: Set<String>, outputs: Int
  ) -> ONNXOperator {
    ONNXOperator(since: 14, 3...4, attributes) { call throws(ONNXFault) in
      let input = try call.input(0)
      let size = try call.int("hidden_size")
      guard input.rank == 3, let weight = try call.input(1).sizes, weight.count == 3,
        weight[1] == gates * size, input.shape[2] == .fixed(weight[2]),
        try call.input(2).sizes == [weight[0], gates * size, size]
      else { throw call.fault("its weights do not fit \(input)") }
      if call.inputs.count > 3, let bias = call.inputs[3],
        bias.sizes != [weight[0], 2 * gates * size]
      {
        throw call.fault("has a bias of \(bias)")
      }
      let (batch, directions) = (input.shape[1], ONNXType.Dimension.fixed(weight[0]))
      let state = ONNXType(.float, [directions, batch, .fixed(size)])
      return [ONNXType(.float, [input.shape[0], directions, batch, .fixed(size)]), state]
        + Array(repeating: state, count: outputs - 2)
    }
  }
}
