import Files

/// Why an entry cannot be stored.
package enum FeatureStoreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The entry alone exceeds the store's limit.
  case largerThanLimit(bytes: Int, limit: Int)
  /// Entries in use by running processes leave no space for this one within the limit.
  case noRoom(bytes: Int, inUse: Int, limit: Int)
  /// The disk or the user's quota is full; the partially written entry has been removed.
  case diskFull(path: String, bytes: Int)
  /// The folder or a file in it cannot be used.
  case unusable(FileError)
  /// A key that is not 64 lower-case hexadecimal digits.
  case wrongKey(String)
  /// Dimensions that are out of range.
  case wrongShape(rows: Int, width: Int)
  /// The caller computed the wrong number of values.
  case wrongCount(rows: Range<Int>, expected: Int, found: Int)
  /// The matrix has no such row.
  case wrongRow(Int, rows: Int)
  /// The buffer has the wrong size.
  case wrongBuffer(expected: Int, found: Int)

  /// Whether the caller made no mistake and can compute and use the values without the store.
  package var allowsGoingOn: Bool {
    switch self {
    case .largerThanLimit, .noRoom, .diskFull, .unusable: true
    case .wrongKey, .wrongShape, .wrongCount, .wrongRow, .wrongBuffer: false
    }
  }

  package var description: String {
    switch self {
    case .largerThanLimit(let bytes, let limit):
      "the features need \(ByteCount.text(bytes)), more than the cache limit "
        + "(\(ByteCount.text(limit)); RUNNER_CACHE_LIMIT sets it)"
    case .noRoom(let bytes, let inUse, let limit):
      "the features need \(ByteCount.text(bytes)), and unfinished runs use "
        + "\(ByteCount.text(inUse)) of the cache limit of \(ByteCount.text(limit)) "
        + "(RUNNER_CACHE_LIMIT sets it)"
    case .diskFull(let path, let bytes):
      "\(path): not enough disk space for \(ByteCount.text(bytes)) of features"
    case .unusable(let error): "\(error)"
    case .wrongKey(let key): "'\(key)' is not a key: expected 64 lower-case hexadecimal digits"
    case .wrongShape(let rows, let width): "a matrix cannot have \(rows) × \(width) values"
    case .wrongCount(let rows, let expected, let found):
      "\(found) values were computed for rows \(rows.lowerBound) to \(rows.upperBound - 1), "
        + "not \(expected)"
    case .wrongRow(let row, let rows): "there is no row \(row) in a matrix of \(rows) rows"
    case .wrongBuffer(let expected, let found):
      "expected a buffer for \(expected) values, found one for \(found)"
    }
  }
}
