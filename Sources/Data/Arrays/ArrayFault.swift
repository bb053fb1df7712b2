import DataSchema

/// What is wrong with an array; the caller adds the file's path.
struct ArrayFault: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }

  /// Runs `body`, saying what goes wrong as an error of the data at `path`.
  static func at<Value>(
    _ path: String, _ body: () throws(ArrayFault) -> Value
  ) throws(DataError) -> Value {
    do throws(ArrayFault) {
      return try body()
    } catch {
      throw DataError(path: path, reason: error.reason)
    }
  }
}
