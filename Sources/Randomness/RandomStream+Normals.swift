import Glibc

extension RandomStream {
  /// Fills `buffer` with standard normal numbers by Box and Muller's method: each pair from two words,
  /// the first of which gives the radius.
  package func fill(normals buffer: UnsafeMutableBufferPointer<Float>) {
    var index = 0
    while index < buffer.count {
      let words = block(index >> 2)
      for pair in 0..<2 where index < buffer.count {
        // In (0, 1], so that the logarithm is finite.
        let first = Float((words[2 * pair] >> 8) + 1) * 0x1p-24
        let radius = (-2 * logf(first)).squareRoot()
        let angle = 2 * Float.pi * Self.unit(words[2 * pair + 1])
        buffer[index] = radius * cosf(angle)
        if index + 1 < buffer.count { buffer[index + 1] = radius * sinf(angle) }
        index += 2
      }
    }
  }
}
