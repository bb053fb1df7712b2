import Files
import Glibc

extension FeatureStore {
  /// The file of an entry.
  struct StoredFile {
    let key: String
    let kind: Kind
    let bytes: Int
    /// When it was last used: seconds and nanoseconds since 1970.
    let used: (seconds: Int, nanoseconds: Int)
  }

  /// The regular files in the folder that are named like entries; empty if there is no folder.
  func scan() throws(FileError) -> [StoredFile] {
    var files: [StoredFile] = []
    for name in try FolderListing.names(in: folder) ?? [] {
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 2, FeatureHeader.isKey(parts[0]),
        let kind = Kind(rawValue: String(parts[1]))
      else { continue }
      var status = stat()
      guard lstat(folder + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        continue
      }
      files.append(
        StoredFile(
          key: String(parts[0]), kind: kind, bytes: Int(status.st_size),
          used: (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)))
    }
    return files.sorted { $0.used < $1.used }
  }

  /// Evicts unused entries, least recently used first, until there is space for `bytes` more. Evicts nothing
  /// if even that would not free enough space. The folder must be locked.
  func makeRoom(for bytes: Int, _ key: String) throws(FeatureStoreError) {
    let others = try Self.unusable { () throws(FileError) in try scan() }
      .filter { $0.key != key }
    var total = others.reduce(0) { $0 + $1.bytes }
    guard total > limit - bytes else { return }
    // Locks are taken one at a time: there may be more entries than a process can have open files.
    var idle: [StoredFile] = []
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
    // Another process may have started to use one in the meantime.
    guard total <= limit - bytes else { throw .noRoom(bytes: bytes, inUse: total, limit: limit) }
  }

  enum Idleness {
    /// Holds the exclusive lock as long as the file is open.
    case idle(LockedFile)
    case inUse
    case gone
  }

  /// Opens a file with the access that an exclusive lock needs, including on network file systems, as far as
  /// the file's permissions allow.
  ///
  /// - Returns: `nil` if the file no longer exists.
  func open(_ file: StoredFile) throws(FileError) -> LockedFile? {
    let path = path(file.key, file.kind)
    do throws(FileError) {
      return try LockedFile(path, .update)
    } catch {
      return try LockedFile(path, .read)
    }
  }

  /// Whether a process uses the file; no other process can start to use it while the result exists.
  func lockIfIdle(_ file: StoredFile) throws(FileError) -> Idleness {
    guard let lock = try open(file) else { return .gone }
    guard try lock.tryLock(.exclusive) else { return .inUse }
    return try lock.isStillNamed() ? .idle(lock) : .gone
  }

  /// Removes the file unless a process uses it. The folder must be locked.
  ///
  /// - Returns: whether the file is gone.
  func removeIfIdle(_ file: StoredFile) throws(FileError) -> Bool {
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
}
