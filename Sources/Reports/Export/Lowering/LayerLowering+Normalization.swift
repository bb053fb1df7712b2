import Graph

extension LayerLowering {
  /// With running statistics, or with those of the batch if the layer keeps none.
  func batchNorm(_ eps: Double) throws -> Value {
    if has("running_mean") { return try normalizedByStatistics(eps) }
    let axes = [0] + Array(2..<max(input.type.rank, 2))
    let centred = try builder(
      "Sub", input, reduced("ReduceMean", input, axes, keepsDims: true))
    let variance = try reduced(
      "ReduceMean", builder("Mul", centred, centred), axes, keepsDims: true)
    let deviation = try builder("Sqrt", builder("Add", variance, builder.scalar(Float(eps))))
    return try scaledByChannel(builder("Div", centred, deviation))
  }

  private func normalizedByStatistics(_ eps: Double) throws -> Value {
    let channels = try shape(of: "running_mean")[0]
    let hasWeight = has("weight")
    return try builder(
      "BatchNormalization", input, hasWeight ? constant("weight") : filled(1, channels),
      hasWeight ? constant("bias") : filled(0, channels), constant("running_mean"),
      constant("running_var"), attributes: ["epsilon": .float(eps)])
  }

  private func filled(_ value: Float, _ count: Int) -> Value {
    builder.floats(Array(repeating: value, count: count), [count])
  }

  /// weight · value + bias with one number of each for a channel, as far as the layer has them.
  private func scaledByChannel(_ value: Value) throws -> Value {
    let ones = Array(repeating: 1, count: max(value.type.rank - 2, 0))
    var value = value
    if has("weight") {
      value = try builder("Mul", value, constant("weight", shape(of: "weight") + ones))
    }
    if has("bias") {
      value = try builder("Add", value, constant("bias", shape(of: "bias") + ones))
    }
    return value
  }

  /// Over the last `rank` axes.
  func layerNorm(_ value: Value, rank: Int, _ eps: Double) throws -> Value {
    let shape = value.dims.suffix(rank)
    let weight =
      has("weight")
      ? try constant("weight")
      : builder.floats(Array(repeating: 1, count: shape.reduce(1, *)), Array(shape))
    return try builder(
      "LayerNormalization", value, weight, has("bias") ? constant("bias") : nil,
      attributes: ["axis": .int(-rank), "epsilon": .float(eps)])
  }

  func groupNorm(_ groups: Int, _ eps: Double) throws -> Value {
    let size = input.dims.reduce(1, *) / groups
    let normalized = try builder(
      "InstanceNormalization", reshaped(input, [groups, size]), filled(1, groups),
      filled(0, groups), attributes: ["epsilon": .float(eps)])
    return try scaledByChannel(reshaped(normalized, input.dims))
  }

  func instanceNorm(_ eps: Double) throws -> Value {
    if has("running_mean") { return try normalizedByStatistics(eps) }
    let channels = input.dims[0]
    return try builder(
      "InstanceNormalization", input, has("weight") ? constant("weight") : filled(1, channels),
      has("bias") ? constant("bias") : filled(0, channels), attributes: ["epsilon": .float(eps)])
  }

  func localResponseNorm(
    _ size: Int, alpha: Double, beta: Double, k: Double
  ) throws -> Value {
    // ONNX Runtime has LRN for images only, and ONNX puts the odd neighbour of an even window behind the channel,
    // PyTorch before it.
    if size % 2 == 1, input.type.rank == 4 {
      return try builder(
        "LRN", input,
        attributes: [
          "alpha": .float(alpha), "beta": .float(beta), "bias": .float(k), "size": .int(size),
        ])
    }
    let channels = input.dims[0]
    let ones = Array(repeating: 1, count: input.type.rank - 2)
    var band = [Float](repeating: 0, count: channels * channels)
    for row in 0..<channels {
      for column in max(row - size / 2, 0)...min(row + (size - 1) / 2, channels - 1) {
        band[row * channels + column] = Float(alpha / Double(size))
      }
    }
    let sums = try builder(
      "Conv", builder("Mul", input, input),
      constant(band, [channels, channels] + ones, "neighbours"),
      attributes: ["kernel_shape": .ints(ones)])
    let divisor = try builder(
      "Pow", builder("Add", sums, builder.scalar(Float(k))), builder.scalar(Float(beta)))
    return try builder("Div", input, divisor)
  }
}
