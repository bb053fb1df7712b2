internal import CTorch

extension Tensor {
  /// Rows `index` of these bytes as float32: pixel / 255, and then (that - mean) / std, with the bits
  /// that torchvision's `ToTensor` and `Normalize` give.
  ///
  /// self is uint8 [N, ..]; the result is [index.count, ..] on the same device.
  /// - Parameters:
  ///   - index: An int64 vector of row numbers, each in 0..<N.
  ///   - mean: One value, or one for each channel of the result; empty: pixel / 255 alone.
  ///   - std: As many values as `mean`.
  ///   - channels: Repeats the one channel of [N, 1, H, W]; nil: as many as there are.
  ///   - format: Of the result, where it has four dimensions.
  package func gatherNormalize(
    index: Tensor, mean: [Float] = [], std: [Float] = [], channels: Int? = nil,
    format: MemoryFormat = .contiguous
  ) throws(TorchError) -> Tensor {
    guard mean.count == std.count else {
      throw TorchError(
        operation: "gatherNormalize",
        message: "mean has \(mean.count) values and std has \(std.count)")
    }
    return try produce("gatherNormalize", from: (self, index)) {
      ct_gather_normalize(
        handle, index.handle, mean, std, mean.count, Int64(channels ?? 0), format.code, $0)
    }
  }
}
