import Graph
import Randomness
import Torch

/// Computes operations of the graph with LibTorch.
package enum Lowering {
  /// The operation's output.
  ///
  /// - Parameters:
  ///   - parameters: the node's parameters and buffers, by PyTorch's names; training updates running
  ///     statistics in place.
  ///   - path: the node's path, which the dropout mask depends on.
  ///   - training: the training step; `nil` for evaluation.
  package static func apply(
    _ operation: Operation, _ inputs: [Tensor], parameters: [String: Tensor], path: String,
    training: TrainingStep?
  ) throws -> Tensor {
    let input = inputs[0]
    switch operation {
    case .identity: return input
    case .torchScript:
      throw TorchError(operation: path, message: "only the model can run its module")
    case .flatten(let start, let end): return try input.flatten(start: start, end: end)
    case .reshape(let shape): return try input.reshape([input.shape[0]] + shape)
    case .linear:
      return try input.linear(weight: weight(parameters, path), bias: parameters["bias"])
    case .activation(let activation): return try apply(activation, input)
    case .logSoftmax(let dim): return try input.logSoftmax(dim: dim)
    case .softmax(let dim): return try input.softmax(dim: dim)
    case .dropout(let p, let wholeChannels):
      guard let training else { return input }
      return try dropout(input, p: p, wholeChannels: wholeChannels, path: path, training)
    case .conv2d(let conv):
      return try pad(input, conv.extraPadding).conv2d(
        weight: weight(parameters, path), bias: parameters["bias"], stride: conv.stride.array,
        padding: conv.padding.array, dilation: conv.dilation.array, groups: conv.groups)
    case .batchNorm(let momentum, let eps):
      return try batchNorm(
        input, parameters, momentum: momentum, eps: eps, isTraining: training != nil)
    case .layerNorm(let shape, let eps):
      return try input.layerNorm(
        normalizedShape: shape, weight: parameters["weight"], bias: parameters["bias"], eps: eps)
    case .groupNorm(let groups, let eps):
      return try input.groupNorm(
        groups: groups, weight: parameters["weight"], bias: parameters["bias"], eps: eps)
    case .maxPool2d(let window):
      return try input.maxPool2d(
        kernel: window.kernel.array, stride: window.stride.array, padding: window.padding.array,
        dilation: window.dilation.array, ceilMode: window.ceilMode)
    case .avgPool2d(let window, let countIncludePad):
      return try input.avgPool2d(
        kernel: window.kernel.array, stride: window.stride.array, padding: window.padding.array,
        ceilMode: window.ceilMode, countIncludePad: countIncludePad)
    case .adaptiveAvgPool2d(let size): return try adaptiveAveragePooling(input, size)
    case .globalAvgPool: return try input.mean([2, 3])
    case .pad(let amounts, let padding): return try pad(input, amounts, padding)
    case .conv1d(let conv):
      return try conv1d(input, conv, weight: weight(parameters, path), bias: parameters["bias"])
    case .convTranspose(let conv):
      return try input.convTranspose(
        weight: weight(parameters, path), bias: parameters["bias"], stride: conv.stride,
        padding: conv.padding, outputPadding: conv.outputPadding, dilation: conv.dilation,
        groups: conv.groups)
    case .maxPool1d(let window):
      return try input.maxPool1d(
        kernel: window.kernel, stride: window.stride, padding: window.padding,
        dilation: window.dilation, ceilMode: window.ceilMode)
    case .avgPool1d(let window, let countIncludePad):
      return try input.avgPool1d(
        kernel: window.kernel, stride: window.stride, padding: window.padding,
        ceilMode: window.ceilMode, countIncludePad: countIncludePad)
    case .adaptiveAvgPool1d(let size): return try adaptiveAveragePooling(input, length: size)
    case .adaptiveMaxPool(let size): return try adaptiveMaxPooling(input, size)
    case .instanceNorm(let momentum, let eps):
      return try instanceNorm(
        input, parameters, momentum: momentum, eps: eps, isTraining: training != nil)
    case .localResponseNorm(let size, let alpha, let beta, let k):
      return try input.localResponseNorm(size: size, alpha: alpha, beta: beta, k: k)
    case .upsample(let resizing): return try upsample(input, resizing)
    case .pixelShuffle(let factor): return try input.pixelShuffle(factor: factor)
    case .pixelUnshuffle(let factor): return try input.pixelUnshuffle(factor: factor)
    case .channelShuffle(let groups): return try input.channelShuffle(groups: groups)
    case .layerNorm2d(let eps):
      return try input.permute([0, 2, 3, 1]).layerNorm(
        normalizedShape: [input.shape[1]], weight: parameters["weight"], bias: parameters["bias"],
        eps: eps
      ).permute([0, 3, 1, 2])
    case .permute(let dims): return try input.permute(dims)
    case .slice(let dim, let start, let end, let step):
      return try input.slice(dim: dim, start: start, end: end, step: step)
    case .reduce(let reduction, let dims, let keepsDims):
      return try reduce(input, reduction, dims, keepsDims)
    case .stochasticDepth(let p, let wholeBatch):
      guard let training else { return input }
      return try stochasticDepth(input, p: p, wholeBatch: wholeBatch, path: path, training)
    case .scale: return try input.mul(own(parameters, "", path))
    case .parameter(let hasBatchDim):
      let value = try own(parameters, "", path)
      return try value.expand([input.shape[0]] + value.shape.dropFirst(hasBatchDim ? 1 : 0))
    case .matmul: return try input.matmul(inputs[1])
    case .prelu: return try input.prelu(weight: weight(parameters, path).to(input.dtype))
    case .glu(let dim): return try input.glu(dim: dim)
    case .attention(let attention):
      return try Self.attention(inputs, attention, parameters, path, training)
    case .embedding(let paddingIndex):
      return try embedding(input, weight(parameters, path), paddingIndex: paddingIndex)
    case .recurrent(let network):
      return try recurrent(input, network, parameters, path, training)
    case .add: return try inputs.dropFirst().reduce(input) { try $0.add($1) }
    case .multiply: return try inputs.dropFirst().reduce(input) { try $0.mul($1) }
    case .concat(let dim): return try Tensor.cat(inputs, dim: dim)
    }
  }

  private static func weight(_ parameters: [String: Tensor], _ path: String) throws -> Tensor {
    try own(parameters, "weight", path)
  }

  /// A parameter that the layer cannot do without.
  static func own(
    _ parameters: [String: Tensor], _ name: String, _ path: String
  ) throws -> Tensor {
    guard let tensor = parameters[name] else {
      throw TorchError(
        operation: path, message: "it has no \(name.isEmpty ? "parameter" : name)")
    }
    return tensor
  }

  private static func apply(_ activation: Operation.Activation, _ input: Tensor) throws -> Tensor {
    switch activation {
    case .relu: try input.relu()
    case .silu: try input.silu()
    case .hardswish: try input.hardswish()
    case .relu6: try input.relu6()
    case .hardsigmoid: try input.hardsigmoid()
    case .selu: try input.selu()
    case .mish: try input.mish()
    case .elu(let alpha): try input.elu(alpha: alpha)
    case .softplus(let beta, let threshold): try input.softplus(beta: beta, threshold: threshold)
    case .sigmoid: try input.sigmoid()
    case .tanh: try input.tanh()
    case .leakyReLU(let slope): try input.leakyRelu(slope: slope)
    case .gelu(let isTanh): try input.gelu(approximate: isTanh ? .tanh : .none)
    }
  }

  /// Masks come from this program's random stream: with LibTorch's generator they would depend on earlier
  /// draws and on the device.
  private static func dropout(
    _ input: Tensor, p: Double, wholeChannels: Bool, path: String, _ training: TrainingStep
  ) throws -> Tensor {
    var shape = input.shape
    if wholeChannels { for dim in 2..<shape.count { shape[dim] = 1 } }
    return try masked(input, shape, p: p, path: path, training)
  }

  /// The input times a mask of `shape`, which is broadcast: 0 with probability `p`, otherwise 1 / (1 - `p`).
  static func masked(
    _ input: Tensor, _ shape: [Int], p: Double, path: String, _ training: TrainingStep
  ) throws -> Tensor {
    if p == 0 { return input }
    // In lower precision the scale factor is not rounded before the multiplication.
    return try input.mul(mask(shape, p: Float(p), path: path, training, on: input.device))
      .to(input.dtype)
  }

  /// The same mask on every device. CUDA devices make it themselves, so that a step copies nothing to them.
  private static func mask(
    _ shape: [Int], p: Float, path: String, _ training: TrainingStep, on device: Device
  ) throws -> Tensor {
    var key = try training.keys?.key(of: path)
    let stream = training.dropoutStream(path)
    if key == nil, case .cuda = device { key = try .randomKey(stream.key, device: device) }
    if let key {
      return try Tensor.dropoutMask(
        key: key, threshold: RandomStream.dropoutThreshold(p: p),
        scale: RandomStream.dropoutScale(p: p), shape: shape)
    }
    var mask = [Float](repeating: 0, count: shape.reduce(1, *))
    mask.withUnsafeMutableBufferPointer { stream.fill(dropoutMask: $0, p: p) }
    return try Tensor(mask, shape: shape, device: device)
  }

  /// Zeros at the bottom and right, which `padding: same` needs for an even kernel.
  static func pad(_ input: Tensor, _ extra: Pair) throws -> Tensor {
    var result = input
    for (dim, amount) in [(2, extra.height), (3, extra.width)] where amount > 0 {
      var shape = result.shape
      shape[dim] = amount
      let zeros = try Tensor.zeros(shape, dtype: result.dtype, device: result.device)
      result = try Tensor.cat([result, zeros], dim: dim)
    }
    return result
  }

  /// The normalised input, plus a residual, with a ReLU if wanted.
  static func batchNorm(
    _ input: Tensor, _ parameters: [String: Tensor], momentum: Double?, eps: Double,
    isTraining: Bool, adding residual: Tensor? = nil, relu: Bool = false
  ) throws -> Tensor {
    let mean = parameters["running_mean"]
    var weightOfBatch = momentum ?? 0
    if isTraining, let count = parameters["num_batches_tracked"] {
      try count.addInPlace(1)
      // Without a momentum the running statistics are the plain mean over all batches.
      if momentum == nil { weightOfBatch = 1 / (try count.item()) }
    }
    return try input.batchNorm(
      weight: parameters["weight"], bias: parameters["bias"], runningMean: mean,
      runningVar: parameters["running_var"], training: isTraining || mean == nil,
      momentum: weightOfBatch, eps: eps, adding: residual, relu: relu)
  }
}
