internal import CTorch

extension Tensor {
  /// A copy of the tensor; gradients flow through it.
  package func clone() throws(TorchError) -> Tensor {
    try produce("clone", from: self) { ct_clone(handle, $0) }
  }

  /// The tensor detached from autograd, sharing its elements.
  package func detach() throws(TorchError) -> Tensor {
    try produce("detach", from: self) { ct_detach(handle, $0) }
  }

  /// The tensor on `device`; shares the elements if they are already there.
  package func to(_ device: Device) throws(TorchError) -> Tensor {
    try produce("to", from: self) { ct_to_device(handle, device.code, $0) }
  }

  /// The tensor with element type `dtype`; shares the elements if they already have it.
  package func to(_ dtype: ScalarType) throws(TorchError) -> Tensor {
    try produce("to", from: self) { ct_to_dtype(handle, dtype.code, $0) }
  }

  /// The tensor in memory format `format`; shares the elements if they are already in it.
  /// - Throws: For `.channelsLast` if the tensor does not have four dimensions.
  package func contiguous(_ format: MemoryFormat = .contiguous) throws(TorchError) -> Tensor {
    try produce("contiguous", from: self) { ct_contiguous(handle, format.code, $0) }
  }

  /// Overwrites the elements with those of `source`, which is broadcast, converted and moved as needed.
  /// - Throws: If this is a parameter while gradients are recorded, or if the shapes do not match.
  package func copy(from source: Tensor) throws(TorchError) {
    try perform("copy", on: (self, source)) { ct_copy_(handle, source.handle) }
  }

  /// Sets every element to `value`.
  package func fill(_ value: Double) throws(TorchError) {
    try perform("fill", on: self) { ct_fill_(handle, value) }
  }

  /// Sets every element to 0.
  package func zero() throws(TorchError) {
    try perform("zero", on: self) { ct_fill_(handle, 0) }
  }
}
