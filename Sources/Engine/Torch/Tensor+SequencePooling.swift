internal import CTorch

extension Tensor {
  /// Maximum pooling of sequences [N, C, L].
  package func maxPool1d(
    kernel: Int, stride: Int, padding: Int = 0, dilation: Int = 1, ceilMode: Bool = false
  ) throws(TorchError) -> Tensor {
    try produce("maxPool1d", from: self) {
      ct_max_pool1d(
        handle, Int64(kernel), Int64(stride), Int64(padding), Int64(dilation), ceilMode, $0)
    }
  }

  /// Average pooling of sequences [N, C, L].
  package func avgPool1d(
    kernel: Int, stride: Int, padding: Int = 0, ceilMode: Bool = false,
    countIncludePad: Bool = true
  ) throws(TorchError) -> Tensor {
    try produce("avgPool1d", from: self) {
      ct_avg_pool1d(
        handle, Int64(kernel), Int64(stride), Int64(padding), ceilMode, countIncludePad, $0)
    }
  }

  /// Average pooling of sequences [N, C, L] to a fixed length.
  package func adaptiveAvgPool1d(outputSize: Int) throws(TorchError) -> Tensor {
    try produce("adaptiveAvgPool1d", from: self) {
      ct_adaptive_avg_pool1d(handle, Int64(outputSize), $0)
    }
  }

  /// Maximum pooling to a fixed size: a length, or a height and a width.
  package func adaptiveMaxPool(outputSize: [Int]) throws(TorchError) -> Tensor {
    try produce("adaptiveMaxPool", from: self) {
      ct_adaptive_max_pool(handle, ct_ints(outputSize), $0)
    }
  }
}
