internal import CTorch

// Sizes are one number, or two for height and width. An empty stride means the kernel size.
extension Tensor {
  /// Maximum pooling of [N, C, H, W] or [C, H, W].
  package func maxPool2d(
    kernel: [Int], stride: [Int] = [], padding: [Int] = [0], dilation: [Int] = [1],
    ceilMode: Bool = false
  ) throws(TorchError) -> Tensor {
    try produce("maxPool2d", from: self) {
      ct_max_pool2d(
        handle, ct_ints(kernel), ct_ints(stride), ct_ints(padding), ct_ints(dilation), ceilMode, $0)
    }
  }

  /// Average pooling of [N, C, H, W] or [C, H, W].
  package func avgPool2d(
    kernel: [Int], stride: [Int] = [], padding: [Int] = [0], ceilMode: Bool = false,
    countIncludePad: Bool = true
  ) throws(TorchError) -> Tensor {
    try produce("avgPool2d", from: self) {
      ct_avg_pool2d(
        handle, ct_ints(kernel), ct_ints(stride), ct_ints(padding), ceilMode, countIncludePad, $0)
    }
  }

  /// Average pooling to a fixed output size of two numbers, height and width.
  package func adaptiveAvgPool2d(outputSize: [Int]) throws(TorchError) -> Tensor {
    try produce("adaptiveAvgPool2d", from: self) {
      ct_adaptive_avg_pool2d(handle, ct_ints(outputSize), $0)
    }
  }
}
