import Glibc

/// An open file that can be locked between processes and between open files of one process (`flock`). The
/// system releases the lock when its holder exits for any reason.
package final class LockedFile {
  package enum Mode: Sendable {
    /// Can be held by several holders at once, unless one holds an exclusive lock.
    case shared
    case exclusive
  }

  package enum Access: Sendable {
    /// Sufficient for both locks, except that network file systems need write access for the exclusive one.
    case read
    case update
    /// As `update`, and creates the file if it is missing.
    case readWrite

    fileprivate var flags: Int32 {
      switch self {
      case .read: O_RDONLY
      case .update: O_RDWR
      case .readWrite: O_RDWR | O_CREAT
      }
    }
  }

  package let path: String
  /// For reading, writing and mapping; closed with this object.
  package let descriptor: Int32

  /// Opens the file without locking it. A symbolic link is not followed.
  ///
  /// - Returns: `nil` if there is no such file and `access` does not create it.
  /// - Throws: ``FileError``, also if the name belongs to something other than a regular file.
  package init?(_ path: String, _ access: Access) throws(FileError) {
    try FileError.refuseZeroByte(in: path)
    descriptor = open(path, access.flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
    self.path = path
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT where access != .readWrite: return nil
      case ELOOP: throw FileError(path: path, reason: "expected a file, found a symbolic link")
      case let code: throw FileError(path: path, attempt: "open it", code: code)
      }
    }
    guard try status().st_mode & S_IFMT == S_IFREG else {
      throw FileError(path: path, reason: "is not a regular file")
    }
  }

  /// Opens a file in a directory that may come from an untrusted source.
  package init?(
    _ name: String, in directory: RootedDirectory, _ access: Access
  ) throws(FileError) {
    path = directory.file(name)
    do throws(FileError) {
      let (folder, last) = try directory.parent(of: name, "open it")
      descriptor = try folder.open(last, access.flags, "open it").descriptor
    } catch {
      if error.code == ENOENT, access != .readWrite { return nil }
      throw error
    }
  }

  deinit {
    guard descriptor >= 0 else { return }
    // A concurrently started child process may briefly have the file open as well, so unlock
    // explicitly.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// Takes the lock, or changes its mode, if that is possible without waiting.
  ///
  /// - Returns: whether it is held now. If a change of mode fails, the lock may be lost.
  package func tryLock(_ mode: Mode) throws(FileError) -> Bool {
    try lock(flags: Self.flag(mode) | LOCK_NB)
  }

  /// Takes the lock, or changes its mode; waits for other holders.
  package func lock(_ mode: Mode) throws(FileError) {
    _ = try lock(flags: Self.flag(mode))
  }

  private func lock(flags: Int32) throws(FileError) -> Bool {
    while flock(descriptor, flags) != 0 {
      if errno == EINTR { continue }
      if errno == EWOULDBLOCK { return false }
      throw FileError(path: path, attempt: "lock it", code: errno)
    }
    return true
  }

  private static func flag(_ mode: Mode) -> Int32 { mode == .shared ? LOCK_SH : LOCK_EX }

  /// The file's status.
  package func status() throws(FileError) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw FileError(path: path, attempt: "inspect it", code: errno)
    }
    return status
  }

  /// Whether the path still refers to this file, that is, it has not been removed or replaced since
  /// it was opened.
  package func isStillNamed() throws(FileError) -> Bool {
    let mine = try status()
    var named = stat()
    guard lstat(path, &named) == 0 else { return false }
    return named.st_ino == mine.st_ino && named.st_dev == mine.st_dev
  }

  /// Fills `buffer` with the bytes from `offset` on.
  ///
  /// - Returns: the number of bytes read; fewer than requested only at the end of the file.
  package func read(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> Int {
    var filled = 0
    while filled < buffer.count, let start = buffer.baseAddress {
      let count = pread(descriptor, start + filled, buffer.count - filled, off_t(offset + filled))
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw FileError(path: path, attempt: "read it", code: errno) }
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// Writes all of `buffer` at `offset`.
  ///
  /// - Returns: 0, or the error number.
  package func write(_ buffer: UnsafeRawBufferPointer, at offset: Int) -> Int32 {
    var written = 0
    while written < buffer.count, let start = buffer.baseAddress {
      let count = pwrite(
        descriptor, start + written, buffer.count - written, off_t(offset + written))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return count < 0 ? errno : EIO }
      written += count
    }
    return 0
  }
}

@available(*, unavailable)
extension LockedFile: Sendable {}
