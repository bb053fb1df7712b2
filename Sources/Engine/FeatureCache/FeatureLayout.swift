/// The layout of a matrix file: the header, the SHA-256 of each chunk of rows, the rows.
///
/// It depends only on the shape, so another process can continue a file with the same chunks.
struct FeatureLayout: Equatable, Sendable {
  let rows: Int
  let width: Int

  static let headerBytes = 4096
  static let hashBytes = 32

  /// - Returns: `nil` if a dimension is below 1 or the file would be too long.
  init?(rows: Int, width: Int) {
    guard rows > 0, width > 0, rows < 1 << 40, width < 1 << 40 else { return nil }
    let (values, overflows) = rows.multipliedReportingOverflow(by: width)
    guard !overflows, values < 1 << 56 else { return nil }
    self.rows = rows
    self.width = width
  }

  var rowBytes: Int { 4 * width }

  /// Rows per chunk: a batch size that networks compute efficiently, at most 16 MiB.
  var rowsPerChunk: Int { min(rows, 256, max(1, (16 << 20) / rowBytes)) }

  var chunkCount: Int { (rows + rowsPerChunk - 1) / rowsPerChunk }

  func rows(ofChunk chunk: Int) -> Range<Int> {
    chunk * rowsPerChunk..<min(rows, (chunk + 1) * rowsPerChunk)
  }

  /// The total number of rows in the chunks that satisfy `isCounted`.
  func rowCount(where isCounted: [Bool]) -> Int {
    isCounted.indices.reduce(0) { isCounted[$1] ? $0 + rows(ofChunk: $1).count : $0 }
  }

  /// The offset of the rows, a multiple of 32.
  var dataOffset: Int { Self.headerBytes + Self.hashBytes * chunkCount }

  var fileBytes: Int { dataOffset + rowBytes * rows }

  func hashOffset(ofChunk chunk: Int) -> Int { Self.headerBytes + Self.hashBytes * chunk }

  func dataRange(ofChunk chunk: Int) -> Range<Int> {
    let rows = rows(ofChunk: chunk)
    return dataOffset + rowBytes * rows.lowerBound..<dataOffset + rowBytes * rows.upperBound
  }
}
