internal import CTorch

/// A multi-dimensional array on a device. It owns its LibTorch handle.
///
/// Operations return new tensors and throw `TorchError` if shapes, element types or devices do not match.
/// Only `fill`, `zero`, `copy` and operations whose names end in `InPlace` overwrite elements.
///
/// A tensor must stay on the thread that created it, because LibTorch's modes and thread counts are
/// thread-local.
package final class Tensor {
  /// Read it only through `produce`, `perform` or `withHandles`: they keep the tensor alive until the call
  /// returns, which the optimiser does not guarantee otherwise.
  let handle: OpaquePointer

  /// Takes ownership of a handle.
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

  /// The device of the elements.
  package var device: Device { withExtendedLifetime(self) { Device(ct_device_of(handle)) } }

  /// Whether the elements are stored in memory format `format`.
  package func isContiguous(_ format: MemoryFormat = .contiguous) -> Bool {
    withExtendedLifetime(self) { ct_is_contiguous(handle, format.code) }
  }
}

extension Tensor: CustomStringConvertible {
  /// Element type, shape and device, such as `float32[64, 10] on cpu`.
  package var description: String { "\(dtype)\(shape) on \(device)" }
}
