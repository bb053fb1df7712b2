internal import CTorch

extension Tensor {
  /// The same elements in another shape, in which one size may be -1; copied where no view is possible.
  package func reshape(_ shape: [Int]) throws(TorchError) -> Tensor {
    try produce("reshape", from: self) { ct_reshape(handle, ct_ints(shape), $0) }
  }

  /// The same elements in another shape, in which one size may be -1; never copied.
  package func view(_ shape: [Int]) throws(TorchError) -> Tensor {
    try produce("view", from: self) { ct_view(handle, ct_ints(shape), $0) }
  }

  /// Dimensions `start` to `end`, both included, as one.
  package func flatten(start: Int = 0, end: Int = -1) throws(TorchError) -> Tensor {
    try produce("flatten", from: self) { ct_flatten(handle, Int64(start), Int64(end), $0) }
  }

  /// A view with a new dimension of size 1 before `dim`.
  package func unsqueeze(_ dim: Int) throws(TorchError) -> Tensor {
    try produce("unsqueeze", from: self) { ct_unsqueeze(handle, Int64(dim), $0) }
  }

  /// A view of `length` entries of dimension `dim`, from `start`.
  package func narrow(dim: Int, start: Int, length: Int) throws(TorchError) -> Tensor {
    try produce("narrow", from: self) {
      ct_narrow(handle, Int64(dim), Int64(start), Int64(length), $0)
    }
  }

  /// A copy of the entries of dimension `dim` that `index`, an int64 vector, names.
  package func indexSelect(dim: Int, index: Tensor) throws(TorchError) -> Tensor {
    try produce("indexSelect", from: (self, index)) {
      ct_index_select(handle, Int64(dim), index.handle, $0)
    }
  }

  /// Tensors joined along `dim`; their other sizes are equal.
  /// - Throws: Also if there are none.
  package static func cat(_ tensors: [Tensor], dim: Int = 0) throws(TorchError) -> Tensor {
    try produce("cat", from: tensors) { result in
      withHandles(tensors) { ct_cat($0, Int64(dim), result) }
    }
  }
}
