/// Where things lie in the file of a matrix: header, the SHA-256 of each chunk of rows, the rows.
///
/// Everything follows from the shape, so that a file that was begun by one process is continued by
/// another one with the same chunks.
struct FeatureLayout: Equatable, Sendable {
  let rows: Int
  let width: Int

  static let headerBytes = 4096
  static let hashBytes = 32

  /// - Returns: nil where a side is below 1 or the file would be longer than a file can be.
  init?(rows: Int, width: Int) {
    guard rows > 0, width > 0, rows < 1 << 40, width < 1 << 40 else { return nil }
    let (values, overflows) = rows.multipliedReportingOverflow(by: width)
    guard !overflows, values < 1 << 56 else { return nil }
    self.rows = rows
    self.width = width
  }

  var rowBytes: Int { 4 * width }

  /// As many rows as a network computes well at a time, at most 16 MiB of them.
  var rowsPerChunk: Int { min(rows, 256, max(1, (16 << 20) / rowBytes)) }

  var chunkCount: Int { (rows + rowsPerChunk - 1) / rowsPerChunk }

  func rows(ofChunk chunk: Int) -> Range<Int> {
    chunk * rowsPerChunk..<min(rows, (chunk + 1) * rowsPerChunk)
  }

  /// How many rows the chunks have together for which `isCounted` says so.
  func rowCount(where isCounted: [Bool]) -> Int {
    isCounted.indices.reduce(0) { isCounted[$1] ? $0 + rows(ofChunk: $1).count : $0 }
  }

  /// Where the rows begin: a multiple of 32.
  var dataOffset: Int { Self.headerBytes + Self.hashBytes * chunkCount }

  var fileBytes: Int { dataOffset + rowBytes * rows }

  func hashOffset(ofChunk chunk: Int) -> Int { Self.headerBytes + Self.hashBytes * chunk }

  func dataRange(ofChunk chunk: Int) -> Range<Int> {
    let rows = rows(ofChunk: chunk)
    return dataOffset + rowBytes * rows.lowerBound..<dataOffset + rowBytes * rows.upperBound
  }
}
