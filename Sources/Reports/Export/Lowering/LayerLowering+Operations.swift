import Graph

extension LayerLowering {
  /// Adds the layer's nodes and returns its output.
  func lowered() throws -> Value {
    switch node.operation {
    case .identity, .dropout, .stochasticDepth: return input
    case .torchScript:
      throw unsupported(
        "its program is in a TorchScript file", hint: "export the part in Python that made the file"
      )
    case .flatten, .reshape: return try reshaped(input, node.output.dims)
    case .linear: return try linear()
    case .activation(let activation): return try lowered(activation)
    case .softmax(let dim): return try builder("Softmax", input, attributes: ["axis": .int(dim)])
    case .logSoftmax(let dim):
      return try builder("LogSoftmax", input, attributes: ["axis": .int(dim)])
    case .conv2d(let conv):
      return try convolution(
        stride: conv.stride.array, padding: conv.padding.array, extra: conv.extraPadding.array,
        dilation: conv.dilation.array, groups: conv.groups)
    case .conv1d(let conv):
      return try convolution(
        stride: [conv.stride], padding: [conv.padding], extra: [conv.extraPadding],
        dilation: [conv.dilation], groups: conv.groups)
    case .convTranspose(let conv): return try transposedConvolution(conv)
    case .batchNorm(_, let eps): return try batchNorm(eps)
    case .layerNorm(let shape, let eps): return try layerNorm(input, rank: shape.count, eps)
    case .layerNorm2d(let eps):
      return try transposed(
        layerNorm(transposed(input, [0, 2, 3, 1]), rank: 1, eps), [0, 3, 1, 2])
    case .groupNorm(let groups, let eps): return try groupNorm(groups, eps)
    case .instanceNorm(_, let eps): return try instanceNorm(eps)
    case .localResponseNorm(let size, let alpha, let beta, let k):
      return try localResponseNorm(size, alpha: alpha, beta: beta, k: k)
    case .maxPool2d(let window):
      return try maxPool(
        window.kernel.array, window.stride.array, window.padding.array, window.dilation.array)
    case .maxPool1d(let window):
      return try maxPool([window.kernel], [window.stride], [window.padding], [window.dilation])
    case .avgPool2d(let window, let countIncludePad):
      return try averagePool(
        window.kernel.array, window.stride.array, window.padding.array, ceil: window.ceilMode,
        countIncludePad)
    case .avgPool1d(let window, let countIncludePad):
      return try averagePool(
        [window.kernel], [window.stride], [window.padding], ceil: window.ceilMode, countIncludePad)
    case .adaptiveAvgPool2d(let size): return try adaptiveAverage(size.array)
    case .adaptiveAvgPool1d(let size): return try adaptiveAverage([size])
    case .adaptiveMaxPool(let size): return try adaptiveMax(size)
    case .globalAvgPool:
      return try reshaped(builder("GlobalAveragePool", input), node.output.dims)
    case .pad(let amounts, let padding): return try pad(input, amounts, padding)
    case .upsample(let upsample): return try self.upsample(upsample)
    case .pixelShuffle(let factor):
      return try builder(
        "DepthToSpace", input, attributes: ["blocksize": .int(factor), "mode": .string("CRD")])
    case .pixelUnshuffle(let factor): return try pixelUnshuffle(factor)
    case .channelShuffle(let groups):
      let dims = input.dims
      let split = try reshaped(input, [groups, dims[0] / groups] + dims.dropFirst())
      let order = [0, 2, 1] + Array(3..<dims.count + 2)
      return try reshaped(transposed(split, order), dims)
    case .permute(let dims): return try transposed(input, dims)
    case .slice(let dim, let start, let end, let step):
      return try slice(input, axis: dim, start, end, step: step)
    case .reduce(let reduction, let dims, let keepsDims):
      let name =
        switch reduction {
        case .mean: "ReduceMean"
        case .sum: "ReduceSum"
        case .max: "ReduceMax"
        }
      return try reduced(name, input, dims, keepsDims: keepsDims)
    case .scale: return try builder("Mul", input, constant(""))
    case .parameter(let hasBatchDim): return try parameter(hasBatchDim: hasBatchDim)
    case .matmul: return try builder("MatMul", input, inputs[1])
    case .prelu:
      let count = try shape(of: "weight")[0]
      let ones = Array(repeating: 1, count: max(input.dims.count - 1, 0))
      return try builder("PRelu", input, constant("weight", [count] + ones))
    case .glu(let dim): return try glu(dim)
    case .attention(let attention): return try self.attention(attention)
    case .embedding:
      let indices = try builder(
        "Cast", input, attributes: ["to": .int(ONNXType.Element.int64.rawValue)])
      return try builder("Gather", constant("weight"), indices, attributes: ["axis": .int(0)])
    case .recurrent(let network): return try recurrent(network)
    case .add: return try inputs.dropFirst().reduce(input) { try builder("Add", $0, $1) }
    case .multiply: return try inputs.dropFirst().reduce(input) { try builder("Mul", $0, $1) }
    case .concat(let dim): return try builder.add("Concat", inputs, ["axis": .int(dim)])[0]
    }
  }

  /// input · weightᵀ + bias, with a batch normalisation after it.
  private func linear() throws -> Value {
    let shape = try shape(of: "weight")
    guard input.dims.count > 1 else {
      guard let (scale, shift) = try affine() else {
        return try builder(
          "Gemm", input, constant("weight"), has("bias") ? constant("bias") : nil,
          attributes: ["transB": .int(1)])
      }
      let (weight, bias) = try scaled(shape, scale, shift) { $0 / shape[1] }
      return try builder("Gemm", input, weight, bias, attributes: ["transB": .int(1)])
    }
    let product = try builder("MatMul", input, transposedMatrix(values("weight"), shape, "weight"))
    return has("bias") ? try builder("Add", product, constant("bias")) : product
  }

  /// The weight and bias after each output channel was multiplied and shifted.
  ///
  /// - Parameter channel: the output channel of the value at an index of the weight.
  func scaled(
    _ shape: [Int], _ scale: [Double], _ shift: [Double], channel: (Int) -> Int
  ) throws -> (weight: Value, bias: Value) {
    let weight = try values("weight").enumerated().map { Float(Double($1) * scale[channel($0)]) }
    let old = has("bias") ? try values("bias") : shift.map { _ in 0 }
    let bias = old.indices.map { Float(Double(old[$0]) * scale[$0] + shift[$0]) }
    return (constant(weight, shape, "weight"), constant(bias, [bias.count], "bias"))
  }

  /// A matrix [rows, columns] as the constant [columns, rows].
  func transposedMatrix(_ values: [Float], _ shape: [Int], _ name: String) -> Value {
    let (rows, columns) = (shape[0], shape[1])
    let turned = [Float](unsafeUninitializedCapacity: values.count) { target, count in
      for row in 0..<rows {
        for column in 0..<columns { target[column * rows + row] = values[row * columns + column] }
      }
      count = values.count
    }
    return constant(turned, [columns, rows], "\(name)_transposed")
  }

  /// The parameter, repeated for each example.
  private func parameter(hasBatchDim: Bool) throws -> Value {
    let dims = node.output.dims
    if isBroadcast { return try constant("", [1] + dims) }
    let batch = try builder("Shape", input, attributes: ["start": .int(0), "end": .int(1)])
    let shape = try builder("Concat", batch, builder.integers(dims), attributes: ["axis": .int(0)])
    return try builder("Expand", constant("", [1] + dims), shape)
  }

  private func glu(_ dim: Int) throws -> Value {
    let rank = input.type.rank
    let axis = dim < 0 ? dim + rank : dim
    let half = (input.type.shape[axis].size ?? 0) / 2
    let gate = try builder("Sigmoid", slice(input, axis: axis, half, 2 * half))
    return try builder("Mul", slice(input, axis: axis, 0, half), gate)
  }
}
