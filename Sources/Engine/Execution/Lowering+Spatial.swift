import Graph
import Torch

extension Lowering {
  static func pad(_ input: Tensor, _ amounts: [Int], _ padding: Operation.Padding) throws -> Tensor
  {
    let mode: PaddingMode =
      switch padding {
      case .constant(let value): .constant(value)
      case .reflect: .reflect
      case .replicate: .replicate
      case .circular: .circular
      }
    return try input.pad(amounts, mode: mode)
  }

  static func conv1d(
    _ input: Tensor, _ conv: Operation.Conv1d, weight: Tensor, bias: Tensor?
  ) throws -> Tensor {
    let padded =
      conv.extraPadding == 0 ? input : try input.pad([0, conv.extraPadding], mode: .constant(0))
    return try padded.conv1d(
      weight: weight, bias: bias, stride: conv.stride, padding: conv.padding,
      dilation: conv.dilation, groups: conv.groups)
  }

  static func upsample(_ input: Tensor, _ upsample: Operation.Upsample) throws -> Tensor {
    switch upsample.mode {
    case .nearest:
      try input.upsampleNearest(size: upsample.size, scale: upsample.scale)
    case .linear, .bilinear:
      try input.upsampleLinear(
        size: upsample.size, scale: upsample.scale, alignCorners: upsample.alignCorners)
    }
  }

  /// CUDA has no deterministic gradient of adaptive pooling. If all windows have the same size, ordinary
  /// pooling, which has one, gives the same values.
  static func adaptiveAveragePooling(_ input: Tensor, _ size: Pair) throws -> Tensor {
    guard let kernel = evenWindows(input, size.array) else {
      return try input.adaptiveAvgPool2d(outputSize: size.array)
    }
    return try input.avgPool2d(kernel: kernel, stride: kernel)
  }

  static func adaptiveAveragePooling(_ input: Tensor, length: Int) throws -> Tensor {
    guard let kernel = evenWindows(input, [length]) else {
      return try input.adaptiveAvgPool1d(outputSize: length)
    }
    return try input.avgPool1d(kernel: kernel[0], stride: kernel[0])
  }

  static func adaptiveMaxPooling(_ input: Tensor, _ size: [Int]) throws -> Tensor {
    guard let kernel = evenWindows(input, size) else {
      return try input.adaptiveMaxPool(outputSize: size)
    }
    return kernel.count == 1
      ? try input.maxPool1d(kernel: kernel[0], stride: kernel[0])
      : try input.maxPool2d(kernel: kernel, stride: kernel)
  }

  /// The size of the windows of adaptive pooling on CUDA; `nil` on other devices and if they differ.
  private static func evenWindows(_ input: Tensor, _ size: [Int]) -> [Int]? {
    let windows = zip(input.shape.suffix(size.count), size)
    guard case .cuda = input.device, windows.allSatisfy({ $0 % $1 == 0 }) else { return nil }
    return windows.map { $0 / $1 }
  }

  static func instanceNorm(
    _ input: Tensor, _ parameters: [String: Tensor], momentum: Double, eps: Double,
    isTraining: Bool
  ) throws -> Tensor {
    let mean = parameters["running_mean"]
    return try input.instanceNorm(
      weight: parameters["weight"], bias: parameters["bias"], runningMean: mean,
      runningVar: parameters["running_var"], usesInput: isTraining || mean == nil,
      momentum: momentum, eps: eps)
  }
}
