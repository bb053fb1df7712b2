/// Pillow's resampling of bytes: one pass over the columns and one over the rows, each rounded to bytes.
///
/// Source of the method: `Image.resize` of Pillow; weights and sums are integers with 22 fractional bits, so
/// the result is bit-identical on every machine.
enum ByteResampling {
  /// Resamples each row of `input` [rows, `width`] to `table.size` pixels.
  static func horizontal(
    _ input: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<UInt8>, rows: Int, width: Int,
    table: ResampleTable<Int32>
  ) {
    table.weights.withUnsafeBufferPointer { weights in
      table.starts.withUnsafeBufferPointer { starts in
        table.counts.withUnsafeBufferPointer { counts in
          for row in 0..<rows {
            let source = input + row * width
            let target = output + row * starts.count
            for column in 0..<starts.count {
              let start = starts[column]
              let first = column * table.stride
              var sum: Int32 = half
              for tap in 0..<counts[column] {
                sum &+= Int32(source[start &+ tap]) &* weights[first &+ tap]
              }
              target[column] = byte(sum)
            }
          }
        }
      }
    }
  }

  /// Resamples the rows of `input` [height, `width`] to `table.size` rows.
  ///
  /// - Parameter sums: scratch memory for `width` sums.
  static func vertical(
    _ input: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<UInt8>, width: Int,
    table: ResampleTable<Int32>, sums: UnsafeMutablePointer<Int32>
  ) {
    table.weights.withUnsafeBufferPointer { weights in
      for row in 0..<table.size {
        for column in 0..<width { sums[column] = half }
        for tap in 0..<table.counts[row] {
          let weight = weights[row * table.stride + tap]
          let source = input + (table.starts[row] + tap) * width
          for column in 0..<width {
            sums[column] = sums[column] &+ Int32(source[column]) &* weight
          }
        }
        let target = output + row * width
        for column in 0..<width { target[column] = byte(sums[column]) }
      }
    }
  }

  private static let half: Int32 = 1 << Int32(weightBits - 1)

  @inline(__always)
  private static func byte(_ sum: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: min(max(sum >> Int32(weightBits), 0), 255))
  }
}
