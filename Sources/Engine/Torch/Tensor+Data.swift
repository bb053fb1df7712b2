internal import CTorch

extension Tensor {
  /// Gathers the rows `index` and converts bytes to float32: pixel / 255, then (x - mean) / std,
  /// bit-identical to torchvision's `ToTensor` and `Normalize`.
  ///
  /// self is uint8 [N, ..]; the result is [index.count, ..] on the same device.
  /// - Parameters:
  ///   - index: An int64 vector of row indices in 0..<N.
  ///   - mean: One value, or one per channel of the result; empty to skip the normalisation.
  ///   - std: As many values as `mean`.
  ///   - channels: The number of channels to repeat the channel of [N, 1, H, W] to; `nil` for no repetition.
  ///   - format: The memory format of a four-dimensional result.
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
