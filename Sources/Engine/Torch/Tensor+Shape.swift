internal import CTorch

extension Tensor {
  /// The tensor with another shape; one size may be -1. Copies the elements only if no view is possible.
  package func reshape(_ shape: [Int]) throws(TorchError) -> Tensor {
    try produce("reshape", from: self) { ct_reshape(handle, ct_ints(shape), $0) }
  }

  /// A view of the tensor with another shape; one size may be -1. Never copies.
  package func view(_ shape: [Int]) throws(TorchError) -> Tensor {
    try produce("view", from: self) { ct_view(handle, ct_ints(shape), $0) }
  }

  /// Merges dimensions `start` to `end`, inclusive, into one.
  package func flatten(start: Int = 0, end: Int = -1) throws(TorchError) -> Tensor {
    try produce("flatten", from: self) { ct_flatten(handle, Int64(start), Int64(end), $0) }
  }

  /// A view with a new dimension of size 1 before `dim`.
  package func unsqueeze(_ dim: Int) throws(TorchError) -> Tensor {
    try produce("unsqueeze", from: self) { ct_unsqueeze(handle, Int64(dim), $0) }
  }

  /// A view of `length` entries along dimension `dim`, starting at `start`.
  package func narrow(dim: Int, start: Int, length: Int) throws(TorchError) -> Tensor {
    try produce("narrow", from: self) {
      ct_narrow(handle, Int64(dim), Int64(start), Int64(length), $0)
    }
  }

  /// Copies the entries of dimension `dim` at the positions in `index`, an int64 vector.
  package func indexSelect(dim: Int, index: Tensor) throws(TorchError) -> Tensor {
    try produce("indexSelect", from: (self, index)) {
      ct_index_select(handle, Int64(dim), index.handle, $0)
    }
  }

  /// Concatenates tensors along `dim`; all other sizes must be equal.
  /// - Throws: Also if `tensors` is empty.
  package static func cat(_ tensors: [Tensor], dim: Int = 0) throws(TorchError) -> Tensor {
    try produce("cat", from: tensors) { result in
      withHandles(tensors) { ct_cat($0, Int64(dim), result) }
    }
  }
}
