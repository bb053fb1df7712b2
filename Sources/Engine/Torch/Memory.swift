internal import CTorch

extension Tensor {
  /// The elements of a contiguous float32 tensor on the CPU, for code that computes without LibTorch.
  ///
  /// They are valid as long as the tensor is, and may be written while no gradient is waiting for its
  /// backward pass.
  package func floatMemory() throws(TorchError) -> UnsafeMutableBufferPointer<Float> {
    var elements: UnsafeMutablePointer<Float>?
    try perform("floatMemory", on: self) { ct_floats(handle, &elements) }
    return UnsafeMutableBufferPointer(start: elements, count: numel)
  }

  /// The elements of a contiguous uint8 tensor on the CPU, valid as long as the tensor is.
  package func byteMemory() throws(TorchError) -> UnsafeBufferPointer<UInt8> {
    var elements: UnsafePointer<UInt8>?
    try perform("byteMemory", on: self) { ct_bytes(handle, &elements) }
    return UnsafeBufferPointer(start: elements, count: numel)
  }
}

/// A row-major matrix in memory; a transposed one lies there as its transpose.
package struct MatrixOperand {
  let memory: UnsafePointer<Float>
  let isTransposed: Bool

  package init(_ memory: UnsafePointer<Float>, transposed: Bool = false) {
    self.memory = memory
    isTransposed = transposed
  }
}

/// c = a b, added to `c` where asked: a [rows, inner], b [inner, columns], c [rows, columns], none of
/// them empty. It is computed by LibTorch's own BLAS, on the threads of ``Runtime``.
package func multiplyMatrices(
  _ a: MatrixOperand, _ b: MatrixOperand, into c: UnsafeMutablePointer<Float>, adding: Bool,
  rows: Int, columns: Int, inner: Int
) throws(TorchError) {
  try ct_gemm(
    a.memory, a.isTransposed, b.memory, b.isTransposed, adding ? 1 : 0, c, Int64(rows),
    Int64(columns), Int64(inner)
  ).check("multiplyMatrices")
}
