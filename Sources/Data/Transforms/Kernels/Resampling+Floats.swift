/// Separable resampling of floats: the horizontal pass, then the vertical one, as in
/// `torch.nn.functional.interpolate`.
enum FloatResampling {
  /// Resamples one channel.
  ///
  /// - Parameters:
  ///   - source: the first pixel; from one row to the next are `step` floats.
  ///   - scratch: memory of `scratchSize` bytes.
  static func apply(
    _ source: UnsafePointer<Float>, step: Int, _ target: UnsafeMutablePointer<Float>,
    columns: ResampleWeights<Float>, rows: ResampleWeights<Float>, scratch: UnsafeMutableRawPointer
  ) {
    let between = scratch.assumingMemoryBound(to: Float.self)
    let used = rows.needed
    horizontal(
      source + used.lowerBound * step, step: step, between, height: used.count, table: columns)
    vertical(between, target, width: columns.size, table: rows, skipping: used.lowerBound)
  }

  /// Bytes of scratch memory for an image of at most `height` rows.
  static func scratchSize(height: Int, outputWidth: Int) -> Int { 4 * height * outputWidth }

  /// Resamples each row of `input` to `table.size` pixels.
  private static func horizontal(
    _ input: UnsafePointer<Float>, step: Int, _ output: UnsafeMutablePointer<Float>, height: Int,
    table: ResampleWeights<Float>
  ) {
    let (starts, counts, weights) = (table.starts, table.counts, table.weights)
    for row in 0..<height {
      let source = input + row * step
      let target = output + row * table.size
      var first = weights
      for column in 0..<table.size {
        let pixels = source + Int(starts[column])
        var sum: Float = 0
        for tap in 0..<Int(counts[column]) { sum += pixels[tap] * first[tap] }
        target[column] = sum
        first += table.stride
      }
    }
  }

  /// Resamples the rows of `input` to `table.size` rows of `width` pixels.
  ///
  /// - Parameter skipping: how many rows that the table counts are not in `input`.
  private static func vertical(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, width: Int,
    table: ResampleWeights<Float>, skipping: Int
  ) {
    for row in 0..<table.size {
      let target = output + row * width
      for column in 0..<width { target[column] = 0 }
      for tap in 0..<Int(table.counts[row]) {
        let weight = table.weights[row * table.stride + tap]
        let source = input + (Int(table.starts[row]) + tap - skipping) * width
        for column in 0..<width { target[column] += source[column] * weight }
      }
    }
  }
}
