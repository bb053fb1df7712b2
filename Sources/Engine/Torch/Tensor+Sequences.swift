internal import CTorch

extension Tensor {
  /// A view with the dimensions in another order; `dims` names each once.
  package func permute(_ dims: [Int]) throws(TorchError) -> Tensor {
    try produce("permute", from: self) { ct_permute(handle, ct_ints(dims), $0) }
  }

  /// A view of every `step`-th entry of dimension `dim` from `start` up to `end`, exclusive.
  package func slice(dim: Int, start: Int, end: Int, step: Int = 1) throws(TorchError) -> Tensor {
    try produce("slice", from: self) {
      ct_slice(handle, Int64(dim), Int64(start), Int64(end), Int64(step), $0)
    }
  }

  /// A view of `shape` in which dimensions of size 1, and new first ones, are repeated.
  package func expand(_ shape: [Int]) throws(TorchError) -> Tensor {
    try produce("expand", from: self) { ct_expand(handle, ct_ints(shape), $0) }
  }

  /// The largest elements over `dims`; equal ones share the gradient.
  package func amax(_ dims: [Int], keepDims: Bool = false) throws(TorchError) -> Tensor {
    try produce("amax", from: self) { ct_amax(handle, ct_ints(dims), keepDims, $0) }
  }

  /// The products of the matrices in the last two dimensions; the dimensions before them are broadcast.
  package func matmul(_ other: Tensor) throws(TorchError) -> Tensor {
    try produce("matmul", from: (self, other)) { ct_matmul(handle, other.handle, $0) }
  }

  /// x above zero, weight · x below; `weight` has one element, or one for each entry of dimension 1.
  package func prelu(weight: Tensor) throws(TorchError) -> Tensor {
    try produce("prelu", from: (self, weight)) { ct_prelu(handle, weight.handle, $0) }
  }

  /// The first half of dimension `dim` times the logistic function of the second half.
  package func glu(dim: Int) throws(TorchError) -> Tensor {
    try produce("glu", from: self) { ct_glu(handle, Int64(dim), $0) }
  }

  /// softmax(self keyᵀ / √d) value for [N, heads, positions, d].
  /// - Parameter isCausal: whether a position sees only those up to its own.
  package func attention(
    key: Tensor, value: Tensor, isCausal: Bool = false
  ) throws(TorchError) -> Tensor {
    try produce("attention", from: (self, key, value)) {
      ct_attention(handle, key.handle, value.handle, isCausal, $0)
    }
  }

  /// A matrix that is zero where a causal position may look and -∞ elsewhere, with the tensor's type and device.
  package func causalMask(queries: Int, keys: Int) throws(TorchError) -> Tensor {
    try produce("causalMask", from: self) {
      ct_causal_mask(handle, Int64(queries), Int64(keys), $0)
    }
  }

  /// The rows of the matrix at the positions in `index`, an int64 tensor.
  /// - Parameter paddingIndex: the row that gets no gradient.
  package func embedding(_ index: Tensor, paddingIndex: Int? = nil) throws(TorchError) -> Tensor {
    try produce("embedding", from: (self, index)) {
      ct_embedding(handle, index.handle, Int64(paddingIndex ?? -1), $0)
    }
  }

  /// The kinds of recurrent networks.
  package enum RecurrentCell: Sendable {
    case lstm, gru

    fileprivate var code: ct_cell {
      switch self {
      case .lstm: CT_LSTM
      case .gru: CT_GRU
      }
    }
  }

  /// Recurrent layers on [N, steps, features], from states of zero. They compute in the parameters' type even with
  /// autocast, and the input must have it.
  ///
  /// - Parameter parameters: PyTorch's: for each layer and direction weight_ih, weight_hh and, with a bias,
  ///   bias_ih and bias_hh.
  /// - Returns: the last layer's outputs [N, steps, directions · hiddenSize] and final hidden states
  ///   [N, directions · hiddenSize].
  package func recurrent(
    _ cell: RecurrentCell, parameters: [Tensor], hiddenSize: Int, layers: Int,
    isBidirectional: Bool, hasBias: Bool
  ) throws(TorchError) -> (outputs: Tensor, last: Tensor) {
    try producePair("recurrent", from: (self, parameters)) { outputs, last in
      withHandles(parameters) {
        ct_recurrent(
          handle, $0, cell.code, Int64(hiddenSize), Int64(layers), isBidirectional, hasBias,
          outputs, last)
      }
    }
  }
}
