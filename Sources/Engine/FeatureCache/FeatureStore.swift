import Files
import Glibc

/// A folder of feature matrices: the outputs of the frozen part of a network for every example of a data set,
/// computed once and shared by epochs, folds, trials, later runs and concurrent processes.
///
/// An entry is found by its key, a hash of everything that its values depend on. Files in the folder:
///
/// - `KEY.features`: a complete entry. Users hold a shared lock on it; it appears by renaming.
/// - `KEY.partial`: being filled by the process with the exclusive lock on it, or left over from one that was
///   killed. It has its full length from the start, so that its space is reserved.
/// - `.lock`: held briefly while a file is renamed or removed.
package struct FeatureStore: Sendable {
  package let folder: String
  /// The maximum total size in bytes of the files in the folder.
  package let limit: Int

  /// Does not access the folder until an entry is requested.
  package init(folder: String, limit: Int) {
    self.folder = folder
    self.limit = limit
  }

  /// Finds a complete entry and verifies its hashes.
  ///
  /// If it is damaged, `onProblem` is called and the entry is removed.
  ///
  /// - Returns: `nil` if there is no undamaged entry.
  /// - Throws: ``FeatureStoreError``
  package func entry(
    key: String, onProblem: (String) -> Void = { _ in }
  ) throws(FeatureStoreError) -> FeatureMatrix? {
    guard FeatureHeader.isKey(key) else { throw .wrongKey(key) }
    let path = path(key, .complete)
    do throws(FileError) {
      while true {
        guard let file = try LockedFile(path, .read) else { return nil }
        try file.lock(.shared)
        // Another process may have removed it between opening and locking.
        guard try file.isStillNamed() else { continue }
        guard let damage = try damage(of: file, key) else {
          guard let header = try FeatureFile.header(of: file, key: key) else { continue }
          markUsed(file)
          return try FeatureMatrix(file, header.layout)
        }
        onProblem("\(path): \(damage); it is removed and recomputed")
        try removeNamed(file)
        return nil
      }
    } catch {
      throw .unusable(error)
    }
  }

  /// What is wrong with a complete file; `nil` if it is intact.
  private func damage(of file: LockedFile, _ key: String) throws(FileError) -> String? {
    guard let header = try FeatureFile.header(of: file, key: key) else {
      return "is truncated, or its header is damaged"
    }
    let states = try FeatureFile(file, header).verify()
    guard let chunk = states.firstIndex(where: { $0 != .good }) else { return nil }
    let rows = header.layout.rows(ofChunk: chunk)
    return "rows \(rows.lowerBound) to \(rows.upperBound - 1) do not match what was written"
  }

  /// Marks an entry as just used. This fails for files of other users, which are then evicted earlier.
  private func markUsed(_ file: LockedFile) {
    _ = futimens(file.descriptor, nil)
  }

  // MARK: Files

  enum Kind: String, Sendable {
    case complete = "features"
    case partial
  }

  func path(_ key: String, _ kind: Kind) -> String { "\(folder)/\(key).\(kind.rawValue)" }

  /// Runs `body` while no other process renames files in the folder, which must exist.
  func withFolderLock<Value>(
    _ body: () throws(FeatureStoreError) -> Value
  ) throws(FeatureStoreError) -> Value {
    let lock: LockedFile
    do throws(FileError) {
      guard let opened = try LockedFile(folder + "/.lock", .readWrite) else {
        throw FileError(path: folder + "/.lock", reason: "cannot be created")
      }
      try opened.lock(.exclusive)
      lock = opened
    } catch {
      throw .unusable(error)
    }
    defer { withExtendedLifetime(lock) {} }
    return try body()
  }

  /// Removes an open file unless its name now belongs to another file.
  func removeNamed(_ file: LockedFile) throws(FileError) {
    do {
      try withFolderLock { () throws(FeatureStoreError) in
        try Self.unusable { () throws(FileError) in
          guard try file.isStillNamed() else { return }
          guard unlink(file.path) == 0 || errno == ENOENT else {
            throw FileError(path: file.path, attempt: "remove it", code: errno)
          }
        }
      }
    } catch .unusable(let error) {
      throw error
    } catch {
      throw FileError(path: file.path, reason: "\(error)")
    }
  }

  /// Converts a file error to an error of the store.
  static func unusable<Value>(
    _ body: () throws(FileError) -> Value
  ) throws(FeatureStoreError) -> Value {
    do throws(FileError) { return try body() } catch { throw .unusable(error) }
  }
}
