import Files
import Glibc

extension FeatureStore {
  /// Returns an entry, computing it if necessary. One process computes; others that need the same entry
  /// wait for it. A killed fill is continued by the next one: rows that match their hashes are kept, and
  /// the ranges to compute depend only on the shape.
  ///
  /// - Parameters:
  ///   - progress: called with the number of finished rows, including those that another process computes. It
  ///     may throw to stop the fill; finished rows are kept for the next one.
  ///   - waiting: called once if another process computes the entry.
  ///   - onProblem: called for damage that was found and is repaired by recomputation.
  ///   - compute: computes the rows of a range, `range.count × width` values.
  /// - Throws: ``FeatureStoreError``, and errors of `progress` and `compute`.
  package func fill(
    key: String, rows: Int, width: Int, description: FeatureDescription,
    progress: (_ rows: Int) throws -> Void = { _ in },
    waiting: () -> Void = {},
    onProblem: (String) -> Void = { _ in },
    compute: (Range<Int>) throws -> [Float]
  ) throws -> FeatureMatrix {
    guard FeatureHeader.isKey(key) else { throw FeatureStoreError.wrongKey(key) }
    guard let layout = FeatureLayout(rows: rows, width: width) else {
      throw FeatureStoreError.wrongShape(rows: rows, width: width)
    }
    guard layout.fileBytes <= limit else {
      throw FeatureStoreError.largerThanLimit(bytes: layout.fileBytes, limit: limit)
    }
    try Self.unusable { () throws(FileError) in try AtomicFile.createFolder(folder) }
    switch try acquire(key, layout, progress, waiting, onProblem) {
    case .found(let matrix): return matrix
    case .mine(let file):
      let part = try prepare(file, key, layout, description)
      try complete(part, progress, onProblem, compute)
      return try publish(part, key)
    }
  }

  private enum Acquired {
    case found(FeatureMatrix)
    /// The partial file with the exclusive lock.
    case mine(LockedFile)
  }

  /// Waits until the entry is complete or this process has to compute it.
  private func acquire(
    _ key: String, _ layout: FeatureLayout, _ progress: (Int) throws -> Void,
    _ waiting: () -> Void, _ onProblem: (String) -> Void
  ) throws -> Acquired {
    var attempts = 0
    while true {
      if let matrix = try entry(key: key, onProblem: onProblem) {
        if matrix.rows == layout.rows, matrix.width == layout.width { return .found(matrix) }
        throw FeatureStoreError.unusable(
          FileError(
            path: path(key, .complete),
            reason: "holds \(matrix.rows) × \(matrix.width) values, not \(layout.rows) × "
              + "\(layout.width)"))
      }
      let (file, isMine) = try Self.unusable { () throws(FileError) in
        guard let file = try LockedFile(path(key, .partial), .readWrite) else {
          throw FileError(path: path(key, .partial), reason: "cannot be created")
        }
        return (file, try file.tryLock(.exclusive))
      }
      if isMine {
        // The other process may have finished or given up since the file was opened.
        guard try Self.unusable({ () throws(FileError) in try file.isStillNamed() }) else {
          continue
        }
        guard isRegularFile(path(key, .complete)) else { return .mine(file) }
        unlink(file.path)
        continue
      }
      attempts += 1
      // A process that lists the cache holds the lock only briefly, which is not worth reporting.
      if attempts == 2 { waiting() }
      let stored = try Self.unusable { () throws(FileError) in
        try FeatureFile.storedRows(file, layout)
      }
      try progress(stored)
      usleep(attempts == 1 ? 20_000 : 100_000)
    }
  }

  /// Prepares a partial file to be filled or continued: writes its header and extends it to its full length.
  private func prepare(
    _ file: LockedFile, _ key: String, _ layout: FeatureLayout, _ description: FeatureDescription
  ) throws(FeatureStoreError) -> FeatureFile {
    let found = try Self.unusable { () throws(FileError) in
      try FeatureFile.header(of: file, key: key)
    }
    if let found, found.layout == layout {
      // Its space is already reserved; the limit may have been lowered since.
      try withFolderLock { () throws(FeatureStoreError) in
        try makeRoom(for: layout.fileBytes, key)
      }
      return FeatureFile(file, found)
    }
    let header = FeatureHeader(
      key: key, layout: layout, created: time(nil), description: description)
    do throws(FeatureStoreError) {
      try withFolderLock { () throws(FeatureStoreError) in
        try makeRoom(for: layout.fileBytes, key)
        // From here on other processes see that the space is taken.
        guard ftruncate(file.descriptor, 0) == 0,
          ftruncate(file.descriptor, off_t(layout.fileBytes)) == 0
        else { throw writeFailure(file, layout, errno) }
      }
      // If the file system cannot reserve space, a full disk is detected later.
      let code = posix_fallocate(file.descriptor, 0, off_t(layout.fileBytes))
      if Self.isFull(code) { throw .diskFull(path: folder, bytes: layout.fileBytes) }
      let writeCode = header.encoded().withUnsafeBytes { file.write($0, at: 0) }
      guard writeCode == 0 else { throw writeFailure(file, layout, writeCode) }
      return FeatureFile(file, header)
    } catch {
      // It contains no data yet and must not remain if there is no space for it.
      unlink(file.path)
      throw error
    }
  }

  /// Computes the missing chunks.
  private func complete(
    _ part: FeatureFile, _ progress: (Int) throws -> Void, _ onProblem: (String) -> Void,
    _ compute: (Range<Int>) throws -> [Float]
  ) throws {
    let layout = part.layout
    let states = try Self.unusable { () throws(FileError) in try part.verify() }
    let damaged = states.count { $0 == .damaged }
    if damaged > 0 {
      onProblem("\(part.file.path): \(damaged) of its parts are damaged and are recomputed")
    }
    var stored = layout.rowCount(where: states.map { $0 == .good })
    try progress(stored)
    for chunk in states.indices where states[chunk] != .good {
      let range = layout.rows(ofChunk: chunk)
      let values = try compute(range)
      guard values.count == range.count * layout.width else {
        throw FeatureStoreError.wrongCount(
          rows: range, expected: range.count * layout.width, found: values.count)
      }
      let code = part.write(values, chunk: chunk)
      guard code == 0 else { throw writeFailure(part.file, layout, code) }
      stored += range.count
      try progress(stored)
    }
  }

  /// Renames the finished file and keeps it open.
  private func publish(
    _ part: FeatureFile, _ key: String
  ) throws(FeatureStoreError) -> FeatureMatrix {
    guard fsync(part.file.descriptor) == 0 else {
      throw writeFailure(part.file, part.layout, errno)
    }
    try withFolderLock { () throws(FeatureStoreError) in
      try Self.unusable { () throws(FileError) in
        try AtomicFile.rename(part.file.path, to: path(key, .complete))
      }
    }
    return try Self.unusable { () throws(FileError) in
      // Even if the file is removed before the lock is shared, this process can still use it.
      try part.file.lock(.shared)
      return try FeatureMatrix(part.file, part.layout)
    }
  }

  /// The error after writing failed with `code`; if the disk is full, the partial file is removed.
  private func writeFailure(
    _ file: LockedFile, _ layout: FeatureLayout, _ code: Int32
  ) -> FeatureStoreError {
    if Self.isFull(code) {
      unlink(file.path)
      return .diskFull(path: folder, bytes: layout.fileBytes)
    }
    return .unusable(FileError(path: file.path, attempt: "write it", code: code))
  }

  /// Whether the disk or the user's quota is full, or the file is too large for the file system.
  private static func isFull(_ code: Int32) -> Bool {
    code == ENOSPC || code == EDQUOT || code == EFBIG
  }

  private func isRegularFile(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
