internal import CTorch

extension Tensor {
  /// A copy of `elements`, in row-major order, on `device`.
  /// - Parameter shape: The sizes; `nil` for a vector.
  /// - Throws: If `shape` takes more or fewer elements.
  package convenience init<Element: TensorElement>(
    _ elements: [Element], shape: [Int]? = nil, device: Device = .cpu
  ) throws(TorchError) {
    let shape = ct_ints(shape ?? [elements.count])
    let host = try newHandle("tensor", from: ()) { result in
      elements.withUnsafeBytes {
        ct_from_data($0.baseAddress, $0.count, shape, Element.scalarType.code, result)
      }
    }
    self.init(owning: try Self.moved(host, to: device))
  }

  /// A copy of a host buffer in row-major order, on `device`.
  /// - Throws: If `bytes` has not exactly the bytes that `shape` and `dtype` take.
  package convenience init(
    bytes: UnsafeRawBufferPointer, shape: [Int], dtype: ScalarType, device: Device = .cpu
  ) throws(TorchError) {
    let host = try newHandle("tensor", from: ()) {
      ct_from_data(bytes.baseAddress, bytes.count, ct_ints(shape), dtype.code, $0)
    }
    self.init(owning: try Self.moved(host, to: device))
  }

  /// A tensor without dimensions.
  package convenience init(
    scalar: Double, dtype: ScalarType = .float32, device: Device = .cpu
  ) throws(TorchError) {
    self.init(
      owning: try newHandle("scalar", from: ()) {
        ct_full(ct_ints([]), scalar, dtype.code, device.code, $0)
      })
  }

  /// The tensor behind `host`, which is taken over, on `device`.
  private static func moved(
    _ host: OpaquePointer, to device: Device
  ) throws(TorchError) -> OpaquePointer {
    guard device != .cpu else { return host }
    let tensor = Tensor(owning: host)
    return try newHandle("to", from: tensor) { ct_to_device(tensor.handle, device.code, $0) }
  }

  /// Elements that all equal `value`.
  package static func full(
    _ shape: [Int], _ value: Double, dtype: ScalarType = .float32, device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try produce("full", from: ()) { ct_full(ct_ints(shape), value, dtype.code, device.code, $0) }
  }

  /// Elements that are all 0.
  package static func zeros(
    _ shape: [Int], dtype: ScalarType = .float32, device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try produce("zeros", from: ()) { ct_full(ct_ints(shape), 0, dtype.code, device.code, $0) }
  }

  /// Elements that are all 1.
  package static func ones(
    _ shape: [Int], dtype: ScalarType = .float32, device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    try produce("ones", from: ()) { ct_full(ct_ints(shape), 1, dtype.code, device.code, $0) }
  }

  /// Zeros in the shape, memory order, element type and on the device of `other`: what an optimizer
  /// keeps for a parameter.
  package static func zeros(like other: Tensor) throws(TorchError) -> Tensor {
    try produce("zeros", from: other) { ct_zeros_like(other.handle, $0) }
  }
}
