internal import CTorch

/// A convolution or a linear layer for inference: its weights are copied once into the order that the
/// processor likes best, and what follows it is computed along with it. No gradients flow through.
package final class PackedLayer {
  /// As `Tensor.handle`: read under `withExtendedLifetime` alone.
  private let handle: OpaquePointer

  private init(
    _ operation: String, from operands: (Tensor, Tensor?), _ call: (Result) -> ct_status
  ) throws(TorchError) {
    handle = try newHandle(operation, from: operands, call)
  }

  deinit { ct_free_packed(handle) }

  /// Whether layers can be packed: for float32 on a CPU for which LibTorch has oneDNN.
  package static var isAvailable: Bool { ct_can_pack() }

  /// A convolution, with the arguments of `Tensor.conv2d`.
  ///
  /// - Parameter input: the shape [N, C, H, W] that it is packed for; it takes others too, more slowly.
  package static func conv2d(
    weight: Tensor, bias: Tensor? = nil, stride: [Int] = [1], padding: [Int] = [0],
    dilation: [Int] = [1], groups: Int = 1, input: [Int]
  ) throws(TorchError) -> PackedLayer {
    try PackedLayer("packConv2d", from: (weight, bias)) {
      ct_pack_conv2d(
        weight.handle, bias?.handle, ct_ints(stride), ct_ints(padding), ct_ints(dilation),
        Int64(groups), ct_ints(input), $0)
    }
  }

  /// A linear layer, with the arguments of `Tensor.linear`.
  ///
  /// - Parameter rows: of the inputs that it is packed for; it takes others too, more slowly.
  package static func linear(
    weight: Tensor, bias: Tensor? = nil, rows: Int
  ) throws(TorchError) -> PackedLayer {
    try PackedLayer("packLinear", from: (weight, bias)) {
      ct_pack_linear(weight.handle, bias?.handle, Int64(rows), $0)
    }
  }

  /// layer(x) + residual, negative values set to 0 where `relu`.
  ///
  /// The output of a convolution lies in channels-last order.
  /// - Parameter residual: of the output's shape, for a convolution.
  package func callAsFunction(
    _ x: Tensor, adding residual: Tensor? = nil, relu: Bool = false
  ) throws(TorchError) -> Tensor {
    try produce("packedLayer", from: (self, x, residual)) {
      ct_apply_packed(handle, x.handle, residual?.handle, relu, $0)
    }
  }
}

@available(*, unavailable) extension PackedLayer: Sendable {}
