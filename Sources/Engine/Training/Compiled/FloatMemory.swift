/// A cache-line-aligned buffer of floats at a fixed address: the rounding of matrix products depends on the
/// alignment of their operands. 16 floats beyond its end can be read as well.
final class FloatMemory {
  let start: UnsafeMutablePointer<Float>
  let count: Int

  /// Creates a zero-filled buffer.
  init(_ count: Int) {
    self.count = count
    let capacity = count + 16
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: capacity * MemoryLayout<Float>.stride, alignment: 64)
    start = raw.bindMemory(to: Float.self, capacity: capacity)
    start.initialize(repeating: 0, count: capacity)
  }

  deinit { start.deallocate() }

  var buffer: UnsafeMutableBufferPointer<Float> { .init(start: start, count: count) }
}

@available(*, unavailable)
extension FloatMemory: Sendable {}
