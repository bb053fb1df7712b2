internal import CTorch

extension Tensor {
  /// The dropout mask of a random stream, as float32 of `shape`: element i is 0 if the upper 24 bits of word i of
  /// Philox4x32-10 under `key` are below `threshold`, and `scale` otherwise.
  ///
  /// The device computes it, with the same bits as `RandomStream.fill(dropoutMask:p:)` does on the CPU.
  package static func dropoutMask(
    key: SIMD2<UInt32>, threshold: UInt32, scale: Float, shape: [Int], device: Device
  ) throws(TorchError) -> Tensor {
    try produce("dropoutMask", from: ()) {
      ct_dropout_mask(key.x, key.y, threshold, scale, ct_ints(shape), device.code, $0)
    }
  }
}
