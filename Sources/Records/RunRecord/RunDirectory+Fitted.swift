import Files
import Tasks

extension RunDirectory {
  /// The name of the record of what the inputs depend on in the training examples, such as the means and
  /// categories of a table.
  package static let fittedInputs = "inputs.json"

  /// The contents of that record; `nil` if the inputs depend on nothing of the kind.
  ///
  /// - Throws: ``FileError`` if it cannot be read.
  package func fittedInputs() throws(FileError) -> [UInt8]? {
    isFile(Self.fittedInputs) ? try bytes(of: Self.fittedInputs, limit: 1 << 28) : nil
  }

  /// The task with the decisions that this training fitted to its validation predictions; the task
  /// itself if it fits nothing.
  ///
  /// - Throws: ``FileError`` if the record is missing or damaged; nothing replaces it.
  package func fitted(_ task: any Task) throws -> any Task {
    guard task.fittedOption != nil, let name = type(of: task).fittedFile else { return task }
    do {
      return try task.fitted(asRecorded: bytes(of: name, limit: 1 << 24))
    } catch let problem as FittedRecordProblem {
      throw FileError(path: file(name), reason: "\(problem)")
    }
  }
}
