/// Pillow's resampling of bytes: one pass over the columns and one over the rows, each rounded to bytes.
///
/// Source of the method: `Image.resize` of Pillow; weights and sums are integers with 22 fractional bits, so
/// the result is bit-identical on every machine.
enum ByteResampling {
  /// Resamples one channel.
  ///
  /// - Parameters:
  ///   - source: the first pixel; from one row to the next are `step` bytes.
  ///   - columns, rows: `nil` for an axis that is copied.
  ///   - isVerticalFirst: whether rows are resampled before columns.
  ///   - scratch: memory of `scratchSize` bytes.
  static func apply(
    _ source: UnsafePointer<UInt8>, step: Int, _ target: UnsafeMutablePointer<UInt8>,
    height: Int, width: Int, columns: ResampleWeights<Int32>?, rows: ResampleWeights<Int32>?,
    isVerticalFirst: Bool, scratch: UnsafeMutableRawPointer
  ) {
    let sums = scratch.assumingMemoryBound(to: Int32.self)
    guard let rows else {
      guard let columns else { return copy(source, step: step, target, height, width) }
      return horizontal(source, step: step, target, height: height, table: columns)
    }
    guard let columns else {
      return vertical(source, step: step, target, width: width, table: rows, sums: sums)
    }
    if isVerticalFirst {
      let used = columns.needed
      let between = (scratch + 4 * used.count).assumingMemoryBound(to: UInt8.self)
      vertical(
        source + used.lowerBound, step: step, between, width: used.count, table: rows, sums: sums)
      horizontal(
        between, step: used.count, target, height: height, table: columns,
        skipping: used.lowerBound)
    } else {
      let used = rows.needed
      let between = (scratch + 4 * width).assumingMemoryBound(to: UInt8.self)
      horizontal(
        source + used.lowerBound * step, step: step, between, height: used.count, table: columns)
      vertical(
        between, step: width, target, width: width, table: rows, sums: sums,
        skipping: used.lowerBound)
    }
  }

  /// Bytes of scratch memory for resampling an image of at most `height` times `width` to
  /// `outputHeight` times `outputWidth`.
  static func scratchSize(height: Int, width: Int, outputHeight: Int, outputWidth: Int) -> Int {
    4 * max(width, outputWidth) + max(height * outputWidth, outputHeight * width)
  }

  /// Pillow resamples rows first if the image loses far more rows than columns. This is the rule of Pillow
  /// 13; earlier versions always begin with the columns, which changes some bytes by one.
  static func isVerticalFirst(columns: ResampleAxis, rows: ResampleAxis) -> Bool {
    let lost = rows.input - rows.output
    return lost > 0 && lost > 2 * (columns.input - columns.output)
  }

  private static func copy(
    _ input: UnsafePointer<UInt8>, step: Int, _ output: UnsafeMutablePointer<UInt8>, _ height: Int,
    _ width: Int
  ) {
    for row in 0..<height {
      (output + row * width).update(from: input + row * step, count: width)
    }
  }

  /// Resamples each row of `input` to `table.size` pixels.
  ///
  /// - Parameter skipping: how many pixels of each row that the table counts are not in `input`.
  private static func horizontal(
    _ input: UnsafePointer<UInt8>, step: Int, _ output: UnsafeMutablePointer<UInt8>, height: Int,
    table: ResampleWeights<Int32>, skipping: Int = 0
  ) {
    for row in 0..<height {
      let source = input + (row * step - skipping)
      let target = output + row * table.size
      switch table.sharedCount {
      case 1: line(source, target, table, taps: 1)
      case 2: line(source, target, table, taps: 2)
      case 3: line(source, target, table, taps: 3)
      case 4: line(source, target, table, taps: 4)
      case 5: line(source, target, table, taps: 5)
      case 6: line(source, target, table, taps: 6)
      default: line(source, target, table)
      }
    }
  }

  /// Resamples one row, with `taps` input pixels for each output pixel, or as many as the table says.
  @inline(__always)
  private static func line(
    _ source: UnsafePointer<UInt8>, _ target: UnsafeMutablePointer<UInt8>,
    _ table: ResampleWeights<Int32>, taps: Int? = nil
  ) {
    var weights = table.weights
    for column in 0..<table.size {
      let pixels = source + Int(table.starts[column])
      var sum = half
      for tap in 0..<(taps ?? Int(table.counts[column])) {
        sum &+= Int32(pixels[tap]) &* weights[tap]
      }
      target[column] = byte(sum)
      weights += table.stride
    }
  }

  /// Resamples the rows of `input` to `table.size` rows of `width` pixels.
  ///
  /// - Parameters:
  ///   - sums: scratch memory for `width` sums.
  ///   - skipping: how many rows that the table counts are not in `input`.
  private static func vertical(
    _ input: UnsafePointer<UInt8>, step: Int, _ output: UnsafeMutablePointer<UInt8>, width: Int,
    table: ResampleWeights<Int32>, sums: UnsafeMutablePointer<Int32>, skipping: Int = 0
  ) {
    for row in 0..<table.size {
      for column in 0..<width { sums[column] = half }
      for tap in 0..<Int(table.counts[row]) {
        let weight = table.weights[row * table.stride + tap]
        let source = input + (Int(table.starts[row]) + tap - skipping) * step
        for column in 0..<width {
          sums[column] = sums[column] &+ Int32(source[column]) &* weight
        }
      }
      let target = output + row * width
      for column in 0..<width { target[column] = byte(sums[column]) }
    }
  }

  private static let half: Int32 = 1 << Int32(weightBits - 1)

  @inline(__always)
  private static func byte(_ sum: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: min(max(sum >> Int32(weightBits), 0), 255))
  }
}
