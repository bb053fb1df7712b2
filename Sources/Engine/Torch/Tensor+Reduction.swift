internal import CTorch

extension Tensor {
  /// The sum over `dims`, or over all dimensions if empty; bool and integers give int64.
  package func sum(_ dims: [Int] = [], keepDims: Bool = false) throws(TorchError) -> Tensor {
    try produce("sum", from: self) { ct_sum(handle, ct_ints(dims), keepDims, $0) }
  }

  /// The mean over `dims`, or over all dimensions if empty.
  /// - Throws: If the elements are integers.
  package func mean(_ dims: [Int] = [], keepDims: Bool = false) throws(TorchError) -> Tensor {
    try produce("mean", from: self) { ct_mean(handle, ct_ints(dims), keepDims, $0) }
  }

  /// The largest element, as a zero-dimensional tensor.
  package func max() throws(TorchError) -> Tensor {
    try produce("max", from: self) { ct_max(handle, $0) }
  }

  /// The largest elements along `dim` and their int64 indices; the first one of equal elements.
  package func max(
    dim: Int, keepDim: Bool = false
  ) throws(TorchError) -> (values: Tensor, indices: Tensor) {
    try producePair("max", from: self) { ct_max_dim(handle, Int64(dim), keepDim, $0, $1) }
  }
}
