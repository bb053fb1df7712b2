internal import CTorch

/// A convolution or a linear layer for inference. Its weights are packed once into the CPU's preferred
/// layout, and the operations after it are fused into it. It records no gradients.
package final class PackedLayer {
  /// Like `Tensor.handle`, only to be read under `withExtendedLifetime`.
  private let handle: OpaquePointer

  private init(
    _ operation: String, from operands: (Tensor, Tensor?, Tensor?), _ call: (Result) -> ct_status
  ) throws(TorchError) {
    handle = try newHandle(operation, from: operands, call)
  }

  deinit { ct_free_packed(handle) }

  /// Whether layers can be packed: for float32 on a CPU that LibTorch supports through oneDNN.
  package static var isAvailable: Bool { ct_can_pack() }

  /// Whether a convolution of pictures with a single channel, of a kernel of more than one pixel, without groups and
  /// dilation, can have an addend.
  package static var takesAddend: Bool { ct_has_direct_convolutions() }

  /// Packs a convolution, with the arguments of `Tensor.conv2d`.
  ///
  /// - Parameters:
  ///   - addend: What is added to the output of each picture before the activation, [1, outputs, rows, columns]; see
  ///     ``takesAddend``.
  ///   - input: The input shape [N, C, H, W] to optimise for; other shapes work but are slower.
  package static func conv2d(
    weight: Tensor, bias: Tensor? = nil, addend: Tensor? = nil, stride: [Int] = [1],
    padding: [Int] = [0], dilation: [Int] = [1], groups: Int = 1, input: [Int]
  ) throws(TorchError) -> PackedLayer {
    try PackedLayer("packConv2d", from: (weight, bias, addend)) {
      ct_pack_conv2d(
        weight.handle, bias?.handle, addend?.handle, ct_ints(stride), ct_ints(padding),
        ct_ints(dilation), Int64(groups), ct_ints(input), $0)
    }
  }

  /// Packs a linear layer, with the arguments of `Tensor.linear`.
  ///
  /// - Parameter rows: The batch size to optimise for; other sizes work but are slower.
  package static func linear(
    weight: Tensor, bias: Tensor? = nil, rows: Int
  ) throws(TorchError) -> PackedLayer {
    try PackedLayer("packLinear", from: (weight, bias, nil)) {
      ct_pack_linear(weight.handle, bias?.handle, Int64(rows), $0)
    }
  }

  /// An activation that is computed with the output. All values are those of the activation's own layer, except
  /// for rounding in `hardswish` and `silu`.
  package enum Activation: Sendable {
    case relu, relu6, hardswish, silu

    fileprivate var value: ct_activation {
      switch self {
      case .relu: CT_RELU
      case .relu6: CT_RELU6
      case .hardswish: CT_HARDSWISH
      case .silu: CT_SILU
      }
    }
  }

  /// Computes layer(x) + residual, followed by the activation.
  ///
  /// The output of a convolution is in channels-last order.
  /// - Parameter residual: A tensor of the output's shape; only supported for convolutions.
  package func callAsFunction(
    _ x: Tensor, adding residual: Tensor? = nil, activation: Activation? = nil
  ) throws(TorchError) -> Tensor {
    try produce("packedLayer", from: (self, x, residual)) {
      ct_apply_packed(handle, x.handle, residual?.handle, activation?.value ?? CT_IDENTITY, $0)
    }
  }
}

@available(*, unavailable) extension PackedLayer: Sendable {}
