import Files
import Glibc

extension PackStore {
  /// A column as the store has it.
  enum ColumnState {
    case whole(Column)
    /// Nobody has it; other processes that need it wait until this one has written it, or has released it.
    case missing(UnfinishedColumn)
  }

  /// Finds a column; waits for a process that is writing it.
  ///
  /// - Throws: ``PackStoreError`` if it cannot be kept.
  func column(_ layout: ColumnLayout) throws(PackStoreError) -> ColumnState {
    guard layout.fileBytes <= limit else {
      throw .largerThanLimit(bytes: layout.fileBytes, limit: limit)
    }
    do throws(FileError) {
      try AtomicFile.createFolder(folder)
      while true {
        let file = try Self.open("\(folder)/\(layout.key).column")
        try file.lock(.shared)
        // Another process may have removed it between opening and locking.
        guard try file.isStillNamed() else { continue }
        if let column = try Column(file, layout) {
          markUsed(file)
          return .whole(column)
        }
        try file.lock(.exclusive)
        // Between the two locks, another process may have written it.
        guard try file.isStillNamed() else { continue }
        if try layout.digest(in: file) == nil { return .missing(try begin(file, layout)) }
        // It is whole now, or damaged; nobody uses a damaged file.
        try file.lock(.shared)
        guard try file.isStillNamed() else { continue }
        if let column = try Column(file, layout) { return .whole(column) }
        try withLock { () throws(FileError) in if try file.isStillNamed() { unlink(file.path) } }
      }
    } catch {
      throw .unusable(error)
    }
  }

  private func begin(
    _ file: LockedFile, _ layout: ColumnLayout
  ) throws(FileError) -> UnfinishedColumn {
    try withLock { () throws(FileError) in
      try makeRoom(for: layout.fileBytes, besides: "\(layout.key).column")
    }
    return try UnfinishedColumn(file, layout)
  }
}
