import Files
import Glibc

/// The folder in the cache that keeps what has been found in a user's files for later commands.
struct IndexFolder: Sendable {
  /// `nil` if there is no cache.
  let path: String?

  init(_ environment: DataEnvironment) { path = environment.cacheFolder.map { $0 + "/indexes" } }

  /// The bytes of an index.
  ///
  /// - Parameters:
  ///   - key: a hash of what it is an index of.
  ///   - stamp: changes with the files.
  /// - Returns: `nil` if there is none that can be read: it is then made again.
  func read(_ key: String, stamp: String) -> [UInt8]? {
    file(key, stamp).flatMap { try? FileReading.bytes(of: $0, limit: 1 << 32) }
  }

  /// Keeps an index, in place of those of the same key with other stamps. Without a place to write to, nothing is
  /// kept; no result depends on it.
  func write(_ key: String, stamp: String, _ bytes: () throws -> [UInt8]) {
    guard let path, let file = file(key, stamp) else { return }
    do {
      try AtomicFile.createFolder(path)
      for name in try FolderListing.names(in: path) ?? [] where name.hasPrefix("\(key)-") {
        if "\(path)/\(name)" != file { unlink("\(path)/\(name)") }
      }
      try AtomicFile.write(try bytes(), to: file)
    } catch {
      // The index is made again next time.
    }
  }

  private func file(_ key: String, _ stamp: String) -> String? {
    path.map { "\($0)/\(key)-\(stamp).index" }
  }
}
