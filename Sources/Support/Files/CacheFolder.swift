import Glibc

/// A folder of cache files with a limit on their total size. A process holds a shared lock on a file while it
/// uses it, an exclusive one while it writes all of it; only files that nobody has locked are evicted.
package struct CacheFolder: Sendable {
  package let path: String
  /// The most bytes that the files may have together.
  package let limit: Int
  private let isEntry: @Sendable (String) -> Bool

  /// - Parameter isEntry: whether a file of this name belongs to the cache; others are left alone.
  package init(path: String, limit: Int, isEntry: @escaping @Sendable (String) -> Bool) {
    self.path = path
    self.limit = limit
    self.isEntry = isEntry
  }

  /// A file of the cache.
  package struct Entry: Sendable {
    package let name: String
    package let bytes: Int
    /// When it was last used: seconds and nanoseconds since 1970.
    package let used: (seconds: Int, nanoseconds: Int)
  }

  /// Why a file cannot be kept.
  package enum RoomError: Error, Sendable {
    case unusable(FileError)
    /// Files in use leave too little of the limit.
    case noRoom(bytes: Int, inUse: Int, limit: Int)
  }

  /// The regular files of the cache, the least recently used first; empty if there is no folder.
  package func scan() throws(FileError) -> [Entry] {
    var files: [Entry] = []
    for name in try FolderListing.names(in: path) ?? [] where isEntry(name) {
      var status = stat()
      guard lstat(path + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        continue
      }
      files.append(
        Entry(
          name: name, bytes: Int(status.st_size),
          used: (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)))
    }
    return files.sorted { $0.used < $1.used }
  }

  /// Removes unused files, the least recently used first, until there is space for `bytes` more; keeps all of
  /// them if even that would not make enough space. The folder is locked by the caller.
  ///
  /// - Parameter isKept: whether a file of this name does not count.
  package func makeRoom(
    for bytes: Int, besides isKept: (String) -> Bool
  ) throws(RoomError) {
    let others = try Self.unusable { () throws(FileError) in try scan() }
      .filter { !isKept($0.name) }
    var total = others.reduce(0) { $0 + $1.bytes }
    guard total > limit - bytes else { return }
    // Locks are taken one at a time: there may be more files than a process can have open.
    var idle: [Entry] = []
    for file in others {
      switch try Self.unusable({ () throws(FileError) in try lockIfIdle(file) }) {
      case .idle: idle.append(file)
      case .gone: total -= file.bytes
      case .inUse: break
      }
    }
    let inUse = total - idle.reduce(0) { $0 + $1.bytes }
    guard inUse <= limit - bytes else { throw .noRoom(bytes: bytes, inUse: inUse, limit: limit) }
    for file in idle where total > limit - bytes {
      if try Self.unusable({ () throws(FileError) in try removeIfIdle(file) }) {
        total -= file.bytes
      }
    }
    // Another process may have begun to use one in the meantime.
    guard total <= limit - bytes else { throw .noRoom(bytes: bytes, inUse: total, limit: limit) }
  }

  package enum Idleness {
    /// With the exclusive lock, which lasts as long as the file is open.
    case idle(LockedFile)
    case inUse
    case gone
  }

  /// Opens a file with enough access for the exclusive lock on a network file system too, as far as the
  /// file's owner permits.
  ///
  /// - Returns: `nil` if the file no longer exists.
  package func open(_ file: Entry) throws(FileError) -> LockedFile? {
    let path = "\(path)/\(file.name)"
    do throws(FileError) {
      return try LockedFile(path, .update)
    } catch {
      return try LockedFile(path, .read)
    }
  }

  /// Whether a process uses the file; none can begin to while the result is kept.
  package func lockIfIdle(_ file: Entry) throws(FileError) -> Idleness {
    guard let lock = try open(file) else { return .gone }
    guard try lock.tryLock(.exclusive) else { return .inUse }
    return try lock.isStillNamed() ? .idle(lock) : .gone
  }

  /// Removes the file unless a process uses it. The folder is locked by the caller.
  ///
  /// - Returns: whether it is gone.
  package func removeIfIdle(_ file: Entry) throws(FileError) -> Bool {
    switch try lockIfIdle(file) {
    case .inUse: return false
    case .gone: return true
    case .idle(let lock):
      guard unlink(lock.path) == 0 || errno == ENOENT else {
        throw FileError(path: lock.path, attempt: "remove it", code: errno)
      }
      return true
    }
  }

  private static func unusable<Value>(
    _ body: () throws(FileError) -> Value
  ) throws(RoomError) -> Value {
    do throws(FileError) { return try body() } catch { throw .unusable(error) }
  }
}
