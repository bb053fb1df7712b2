internal import CTorch

extension Tensor {
  /// The value of a single-element tensor, as Double.
  /// - Throws: If the tensor does not have exactly one element.
  package func item() throws(TorchError) -> Double {
    var value = 0.0
    try perform("item", on: self) { ct_item(handle, &value) }
    return value
  }

  /// A copy of the elements in row-major order, converted to `type`.
  package func array<Element: TensorElement>(
    of type: Element.Type = Element.self
  ) throws(TorchError) -> [Element] {
    var elements = [Element](repeating: .zero, count: numel)
    try perform("array", on: self) {
      elements.withUnsafeMutableBytes {
        ct_copy_to_host(handle, Element.scalarType.code, $0.baseAddress, $0.count)
      }
    }
    return elements
  }

  /// A copy of the elements in row-major order.
  package func floats() throws(TorchError) -> [Float] { try array() }

  /// A copy of the elements in row-major order, converted to Double.
  package func doubles() throws(TorchError) -> [Double] { try array() }

  /// A copy of the elements in row-major order, converted to Int, for indices and labels.
  package func integers() throws(TorchError) -> [Int] { try array() }

  /// A copy of the elements in row-major order, converted to bytes; `bool` becomes 0 and 1.
  package func bytes() throws(TorchError) -> [UInt8] { try array() }

  /// Copies the elements in row-major order into `buffer` without conversion.
  /// - Throws: If the size of `buffer` does not match that of the elements.
  package func copyBytes(to buffer: UnsafeMutableRawBufferPointer) throws(TorchError) {
    try perform("copyBytes", on: self) {
      ct_copy_to_host(handle, ct_dtype_of(handle), buffer.baseAddress, buffer.count)
    }
  }
}
