/// A cache-line-aligned buffer of floats at a fixed address: the rounding of matrix products depends on the
/// alignment of their operands.
final class FloatMemory {
  let start: UnsafeMutablePointer<Float>
  let count: Int

  /// Creates a zero-filled buffer.
  init(_ count: Int) {
    self.count = count
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
    start = raw.bindMemory(to: Float.self, capacity: max(count, 1))
    start.initialize(repeating: 0, count: max(count, 1))
  }

  deinit { start.deallocate() }

  var buffer: UnsafeMutableBufferPointer<Float> { .init(start: start, count: count) }
}

@available(*, unavailable)
extension FloatMemory: Sendable {}
