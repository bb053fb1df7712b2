/// Separable resampling of floats: the horizontal pass, then the vertical one, as in
/// `torch.nn.functional.interpolate`.
enum FloatResampling {
  /// Resamples each row of `input` [rows, `width`] to `table.size` pixels.
  static func horizontal(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, rows: Int, width: Int,
    table: ResampleTable<Float>
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
              var sum: Float = 0
              for tap in 0..<counts[column] { sum += source[start &+ tap] * weights[first &+ tap] }
              target[column] = sum
            }
          }
        }
      }
    }
  }

  /// Resamples the rows of `input` [height, `width`] to `table.size` rows.
  static func vertical(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, width: Int,
    table: ResampleTable<Float>
  ) {
    table.weights.withUnsafeBufferPointer { weights in
      for row in 0..<table.size {
        let target = output + row * width
        for column in 0..<width { target[column] = 0 }
        for tap in 0..<table.counts[row] {
          let weight = weights[row * table.stride + tap]
          let source = input + (table.starts[row] + tap) * width
          for column in 0..<width { target[column] += source[column] * weight }
        }
      }
    }
  }
}
