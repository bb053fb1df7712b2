import DataSchema
import Files

/// Why JSON cannot be read as what it should be, and where.
struct JSONFault: Error {
  /// The place in the document, such as `annotations[17].bbox`; empty for the document itself.
  private(set) var path = ""
  let reason: String
  /// Counted from 1; the column in bytes.
  let line: Int
  let column: Int
  /// What reading the file led to, if that was the problem.
  private(set) var cause: DataError?

  init(_ reason: String, line: Int, column: Int) {
    (self.reason, self.line, self.column) = (reason, line, column)
  }

  init(_ cause: DataError) {
    self.init(cause.reason, line: 0, column: 0)
    self.cause = cause
  }

  /// The same fault, as seen from the value that holds the one it is in.
  func inside(key: String) -> JSONFault {
    var fault = self
    fault.path = key + (path.isEmpty || path.hasPrefix("[") ? "" : ".") + path
    return fault
  }

  func inside(index: Int) -> JSONFault {
    var fault = self
    fault.path = "[\(index)]" + (path.isEmpty || path.hasPrefix("[") ? "" : ".") + path
    return fault
  }

  /// The error for people.
  func error(in file: String) -> DataError {
    if let cause { return cause }
    // Keys come from the file.
    let place = path.isEmpty ? "" : "\(FileError.printable(path)): "
    return DataError(path: file, reason: "\(place)\(reason) (line \(line), column \(column))")
  }
}
