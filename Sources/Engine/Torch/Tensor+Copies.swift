internal import CTorch

extension Tensor {
  /// A copy with elements of its own; gradients flow through it.
  package func clone() throws(TorchError) -> Tensor {
    try produce("clone", from: self) { ct_clone(handle, $0) }
  }

  /// The same elements, through which no gradient flows.
  package func detach() throws(TorchError) -> Tensor {
    try produce("detach", from: self) { ct_detach(handle, $0) }
  }

  /// The elements on `device`: the same ones if they are there already.
  package func to(_ device: Device) throws(TorchError) -> Tensor {
    try produce("to", from: self) { ct_to_device(handle, device.code, $0) }
  }

  /// The elements as `dtype`: the same ones if that is their type already.
  package func to(_ dtype: ScalarType) throws(TorchError) -> Tensor {
    try produce("to", from: self) { ct_to_dtype(handle, dtype.code, $0) }
  }

  /// The elements in the order of `format`: the same ones if they lie so already.
  /// - Throws: For `.channelsLast`, if there are not four dimensions.
  package func contiguous(_ format: MemoryFormat = .contiguous) throws(TorchError) -> Tensor {
    try produce("contiguous", from: self) { ct_contiguous(handle, format.code, $0) }
  }

  /// Overwrites the elements with those of `source`, broadcast, converted and moved as needed.
  /// - Throws: If this is a parameter and gradients are being recorded, or the shapes do not fit.
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
