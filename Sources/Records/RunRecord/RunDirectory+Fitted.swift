import Files
import Tasks

extension RunDirectory {
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
