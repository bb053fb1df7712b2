import Graph

extension LayerLowering {
  func lowered(_ activation: Operation.Activation) throws -> Value {
    switch activation {
    case .relu: return try builder("Relu", input)
    case .sigmoid: return try builder("Sigmoid", input)
    case .tanh: return try builder("Tanh", input)
    case .hardswish: return try builder("HardSwish", input)
    case .silu: return try builder("Mul", input, builder("Sigmoid", input))
    case .mish:
      return try builder("Mul", input, builder("Tanh", builder("Softplus", input)))
    case .relu6:
      return try builder("Clip", input, builder.scalar(Float(0)), builder.scalar(Float(6)))
    case .hardsigmoid:
      return try builder(
        "HardSigmoid", input, attributes: ["alpha": .float(1.0 / 6), "beta": .float(0.5)])
    case .selu:
      return try builder(
        "Selu", input,
        attributes: [
          "alpha": .float(1.6732632423543772), "gamma": .float(1.0507009873554805),
        ])
    case .leakyReLU(let slope):
      return try builder("LeakyRelu", input, attributes: ["alpha": .float(slope)])
    case .elu(let alpha): return try builder("Elu", input, attributes: ["alpha": .float(alpha)])
    case .softplus(let beta, let threshold): return try softplus(beta, threshold)
    case .gelu(let isTanh): return try isTanh ? geluByTanh() : gelu()
    }
  }

  /// ln(1 + exp(βx)) / β, and x where βx is above the threshold.
  private func softplus(_ beta: Double, _ threshold: Double) throws -> Value {
    let scale = builder.scalar(Float(beta))
    let scaled = beta == 1 ? input : try builder("Mul", input, scale)
    let curve = try builder("Softplus", scaled)
    let smooth = beta == 1 ? curve : try builder("Div", curve, scale)
    let isLinear = try builder("Greater", scaled, builder.scalar(Float(threshold)))
    return try builder("Where", isLinear, input, smooth)
  }

  /// x/2 · (1 + erf(x/√2)).
  private func gelu() throws -> Value {
    let root = builder.scalar(Float(2.0.squareRoot()))
    let error = try builder("Erf", builder("Div", input, root))
    let share = try builder("Add", error, builder.scalar(Float(1)))
    return try builder("Mul", builder("Mul", input, share), builder.scalar(Float(0.5)))
  }

  /// x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))).
  private func geluByTanh() throws -> Value {
    let cube = try builder("Mul", builder("Mul", input, input), input)
    let term = try builder("Mul", cube, builder.scalar(Float(0.044715)))
    let inner = try builder(
      "Mul", builder("Add", input, term), builder.scalar(Float((2 / Double.pi).squareRoot())))
    let share = try builder("Add", builder("Tanh", inner), builder.scalar(Float(1)))
    return try builder("Mul", builder("Mul", input, share), builder.scalar(Float(0.5)))
  }
}
