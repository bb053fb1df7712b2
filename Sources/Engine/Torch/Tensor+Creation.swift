internal import CTorch

extension Tensor {
  /// Creates a tensor from `elements` in row-major order on `device`. CUDA devices copy them from pinned memory
  /// without holding up the CPU.
  /// - Parameter shape: The sizes; `nil` for a vector.
  /// - Throws: If `shape` does not match the number of elements.
  package convenience init<Element: TensorElement>(
    _ elements: [Element], shape: [Int]? = nil, device: Device = .cpu
  ) throws(TorchError) {
    let shape = ct_ints(shape ?? [elements.count])
    self.init(
      owning: try newHandle("tensor", from: ()) { result in
        elements.withUnsafeBytes {
          ct_from_data(
            $0.baseAddress, $0.count, shape, Element.scalarType.code, device.code, result)
        }
      })
  }

  /// Creates a tensor from a host buffer in row-major order on `device`.
  /// - Throws: If the size of `bytes` does not match `shape` and `dtype`.
  package convenience init(
    bytes: UnsafeRawBufferPointer, shape: [Int], dtype: ScalarType, device: Device = .cpu
  ) throws(TorchError) {
    self.init(
      owning: try newHandle("tensor", from: ()) {
        ct_from_data(
          bytes.baseAddress, bytes.count, ct_ints(shape), dtype.code, device.code, $0)
      })
  }

  /// Creates a tensor on the CPU whose elements are `bytes`, in row-major order, without a copy. Nobody may write them.
  /// - Parameter owner: Keeps the memory, and is itself kept as long as a tensor uses it.
  /// - Throws: If the size of `bytes` does not match `shape` and `dtype`.
  package convenience init(
    sharing bytes: UnsafeRawBufferPointer, of owner: any AnyObject & Sendable, shape: [Int],
    dtype: ScalarType
  ) throws(TorchError) {
    let owner = Unmanaged<AnyObject>.passRetained(owner).toOpaque()
    self.init(
      owning: try newHandle("tensor", from: ()) {
        ct_from_memory(
          bytes.baseAddress, bytes.count, ct_ints(shape), dtype.code, owner,
          { Unmanaged<AnyObject>.fromOpaque($0).release() }, $0)
      })
  }

  /// Creates a zero-dimensional tensor.
  package convenience init(
    scalar: Double, dtype: ScalarType = .float32, device: Device = .cpu
  ) throws(TorchError) {
    self.init(
      owning: try newHandle("scalar", from: ()) {
        ct_full(ct_ints([]), scalar, dtype.code, device.code, $0)
      })
  }

  /// A tensor filled with `value`.
  package static func full(
    _ shape: [Int], _ value: Double, dtype: ScalarType = .float32, device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try produce("full", from: ()) { ct_full(ct_ints(shape), value, dtype.code, device.code, $0) }
  }

  /// A tensor filled with 0.
  package static func zeros(
    _ shape: [Int], dtype: ScalarType = .float32, device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try produce("zeros", from: ()) { ct_full(ct_ints(shape), 0, dtype.code, device.code, $0) }
  }

  /// A tensor filled with 1.
  package static func ones(
    _ shape: [Int], dtype: ScalarType = .float32, device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try produce("ones", from: ()) { ct_full(ct_ints(shape), 1, dtype.code, device.code, $0) }
  }

  /// Zeros with the shape, memory format, element type and device of `other`, such as an optimizer's state
  /// for a parameter.
  package static func zeros(like other: Tensor) throws(TorchError) -> Tensor {
    try produce("zeros", from: other) { ct_zeros_like(other.handle, $0) }
  }
}
