internal import CTorch

extension Tensor {
  /// The dropout mask of a random stream, as float32 of `shape`: element i is 0 if the upper 24 bits of word i of
  /// Philox4x32-10 under `key` are below `threshold`, and `scale` otherwise.
  ///
  /// The key's device computes it, with the same bits as `RandomStream.fill(dropoutMask:p:)` does on the CPU.
  ///
  /// - Parameter key: int64 [2].
  package static func dropoutMask(
    key: Tensor, threshold: UInt32, scale: Float, shape: [Int]
  ) throws(TorchError) -> Tensor {
    try produce("dropoutMask", from: key) {
      ct_dropout_mask(key.handle, threshold, scale, ct_ints(shape), $0)
    }
  }

  /// The key of a random stream, int64 [2], without a copy to the device.
  package static func randomKey(
    _ key: SIMD2<UInt32>, device: Device
  ) throws(TorchError) -> Tensor {
    try produce("randomKey", from: ()) { ct_random_key(key.x, key.y, device.code, $0) }
  }
}
