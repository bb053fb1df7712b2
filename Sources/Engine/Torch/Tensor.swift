internal import CTorch

/// An array of numbers on a device. It owns its LibTorch handle; copies of the reference share it.
///
/// Operations make new tensors and throw `TorchError` where shapes, element types or devices do not
/// fit. Those whose names end in `InPlace`, and `fill`, `zero` and `copy`, overwrite elements.
///
/// A tensor stays with the task that made it: LibTorch's modes and thread counts are the thread's.
package final class Tensor {
  /// Read it through `produce`, `perform` or `withHandles` alone: they keep the tensor alive until
  /// the call returns, which the optimiser otherwise need not.
  let handle: OpaquePointer

  /// Takes over a handle.
  init(owning handle: OpaquePointer) { self.handle = handle }

  deinit { ct_free(handle) }
}

@available(*, unavailable) extension Tensor: Sendable {}

extension Tensor {
  /// The sizes, outermost first; empty for a scalar.
  package var shape: [Int] {
    withExtendedLifetime(self) {
      let count = Int(ct_dim(handle))
      guard count > 0 else { return [] }
      var sizes = [Int64](repeating: 0, count: count)
      ct_sizes(handle, &sizes)
      return sizes.map { Int($0) }
    }
  }

  /// The number of dimensions.
  package var dim: Int { withExtendedLifetime(self) { Int(ct_dim(handle)) } }

  /// The number of elements.
  package var numel: Int { withExtendedLifetime(self) { Int(ct_numel(handle)) } }

  /// The element type.
  package var dtype: ScalarType { withExtendedLifetime(self) { ScalarType(ct_dtype_of(handle)) } }

  /// Where the elements lie.
  package var device: Device { withExtendedLifetime(self) { Device(ct_device_of(handle)) } }

  /// Whether the elements lie in the order of `format`.
  package func isContiguous(_ format: MemoryFormat = .contiguous) -> Bool {
    withExtendedLifetime(self) { ct_is_contiguous(handle, format.code) }
  }
}

extension Tensor: CustomStringConvertible {
  /// Element type, shape and device, such as `float32[64, 10] on cpu`.
  package var description: String { "\(dtype)\(shape) on \(device)" }
}
