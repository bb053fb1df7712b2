internal import CTorch

extension Tensor {
  /// The elements of a contiguous float32 CPU tensor, for code that computes without LibTorch.
  ///
  /// The pointer is valid for the lifetime of the tensor. Do not write to it between a forward pass and its
  /// backward pass.
  package func floatMemory() throws(TorchError) -> UnsafeMutableBufferPointer<Float> {
    var elements: UnsafeMutablePointer<Float>?
    try perform("floatMemory", on: self) { ct_floats(handle, &elements) }
    return UnsafeMutableBufferPointer(start: elements, count: numel)
  }

  /// The elements of a contiguous uint8 CPU tensor, valid for the lifetime of the tensor.
  package func byteMemory() throws(TorchError) -> UnsafeBufferPointer<UInt8> {
    var elements: UnsafePointer<UInt8>?
    try perform("byteMemory", on: self) { ct_bytes(handle, &elements) }
    return UnsafeBufferPointer(start: elements, count: numel)
  }
}

/// A row-major matrix in memory; if `isTransposed`, the memory holds its transpose.
package struct MatrixOperand {
  let memory: UnsafePointer<Float>
  let isTransposed: Bool
  /// The distance between the rows in memory; `nil` if they follow each other.
  let stride: Int?

  package init(_ memory: UnsafePointer<Float>, transposed: Bool = false, stride: Int? = nil) {
    self.memory = memory
    isTransposed = transposed
    self.stride = stride
  }

  /// For a matrix of that size.
  fileprivate func described(rows: Int, columns: Int) -> ct_matrix {
    ct_matrix(
      values: memory, transposed: isTransposed,
      stride: Int64(stride ?? (isTransposed ? rows : columns)))
  }
}

/// Computes c = a b, or c += a b, for non-empty matrices a [rows, inner], b [inner, columns] and
/// c [rows, columns], with LibTorch's own BLAS on the threads of ``Runtime``.
package func multiplyMatrices(
  _ a: MatrixOperand, _ b: MatrixOperand, into c: UnsafeMutablePointer<Float>, adding: Bool,
  rows: Int, columns: Int, inner: Int
) throws(TorchError) {
  try ct_gemm(
    a.described(rows: rows, columns: inner), b.described(rows: inner, columns: columns),
    adding ? 1 : 0, c, Int64(rows), Int64(columns), Int64(inner)
  ).check("multiplyMatrices")
}
