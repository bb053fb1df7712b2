import CPixels

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
    guard let rows else {
      guard let columns else { return copy(source, step: step, target, height, width) }
      return horizontal(
        source, step: step, target, height: height, table: columns, scratch: scratch)
    }
    guard let columns else {
      return vertical(source, step: step, target, width: width, table: rows)
    }
    let used = (columns: columns.needed, rows: rows.needed)
    let between =
      (scratch + cp_columns_scratch(used.columns.count, columns.size)).assumingMemoryBound(
        to: UInt8.self)
    if isVerticalFirst {
      vertical(
        source + used.columns.lowerBound, step: step, between, width: used.columns.count,
        table: rows)
      horizontal(
        between, step: used.columns.count, target, height: height, table: columns,
        skipping: used.columns.lowerBound, scratch: scratch)
    } else {
      horizontal(
        source + used.rows.lowerBound * step, step: step, between, height: used.rows.count,
        table: columns, scratch: scratch)
      vertical(
        between, step: width, target, width: width, table: rows, skipping: used.rows.lowerBound)
    }
  }

  /// Bytes of scratch memory for resampling an image of at most `height` times `width` to
  /// `outputHeight` times `outputWidth`.
  static func scratchSize(height: Int, width: Int, outputHeight: Int, outputWidth: Int) -> Int {
    cp_columns_scratch(width, outputWidth) + max(height * outputWidth, outputHeight * width)
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
  /// - Parameters:
  ///   - skipping: how many pixels of each row that the table counts are not in `input`.
  ///   - scratch: memory of `cp_columns_scratch` bytes.
  private static func horizontal(
    _ input: UnsafePointer<UInt8>, step: Int, _ output: UnsafeMutablePointer<UInt8>, height: Int,
    table: ResampleWeights<Int32>, skipping: Int = 0, scratch: UnsafeMutableRawPointer
  ) {
    withUnsafePointer(to: cp_table(table)) {
      cp_resample_columns(input, step, output, height, $0, skipping, scratch)
    }
  }

  /// Resamples the rows of `input` to `table.size` rows of `width` pixels.
  ///
  /// - Parameter skipping: how many rows that the table counts are not in `input`.
  private static func vertical(
    _ input: UnsafePointer<UInt8>, step: Int, _ output: UnsafeMutablePointer<UInt8>, width: Int,
    table: ResampleWeights<Int32>, skipping: Int = 0
  ) {
    withUnsafePointer(to: cp_table(table)) {
      cp_resample_rows(input, step, output, width, $0, skipping)
    }
  }
}

extension cp_table {
  fileprivate init(_ weights: ResampleWeights<Int32>) {
    self.init(
      starts: weights.starts, counts: weights.counts, weights: weights.weights,
      size: weights.size, stride: weights.stride)
  }
}
