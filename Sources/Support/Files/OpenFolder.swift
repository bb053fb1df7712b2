import Glibc

/// An open directory. Names are looked up in it instead of along a path, so it stays the same directory
/// whatever happens to its path.
final class OpenFolder {
  let path: String
  let descriptor: Int32

  private init(_ descriptor: Int32, _ path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  /// Opens a directory, following links.
  convenience init(_ path: String, _ attempt: String = "open it") throws(FileError) {
    try FileError.refuseZeroByte(in: path)
    let descriptor = Glibc.open(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FileError(path: path, attempt: attempt, code: errno)
    }
    self.init(descriptor, path)
  }

  func place(_ name: String) -> String { "\(path)/\(name)" }

  /// Opens a directory in this one; symbolic links are refused.
  func folder(_ name: String) throws(FileError) -> OpenFolder {
    let opened = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard opened >= 0 else { throw failure(name, "open it", errno) }
    return OpenFolder(opened, place(name))
  }

  /// Opens a regular file in this directory; links, pipes and devices are refused.
  ///
  /// - Parameter flags: as for `open`.
  /// - Returns: the file's descriptor and its status.
  func open(
    _ name: String, _ flags: Int32, _ attempt: String
  ) throws(FileError) -> (descriptor: Int32, status: stat) {
    // Without O_NONBLOCK, opening a pipe would wait for another process.
    let opened = openat(descriptor, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o666)
    guard opened >= 0 else { throw failure(name, attempt, errno) }
    var status = stat()
    guard fstat(opened, &status) == 0 else {
      let code = errno
      close(opened)
      throw FileError(path: place(name), attempt: "inspect it", code: code)
    }
    if status.st_mode & S_IFMT == S_IFREG { return (opened, status) }
    close(opened)
    throw FileError(
      path: place(name),
      reason: status.st_mode & S_IFMT == S_IFDIR
        ? "expected a file, found a folder" : "is not a regular file")
  }

  /// The status of an entry; symbolic links are not followed.
  ///
  /// - Returns: `nil` if there is no such entry.
  func status(_ name: String) throws(FileError) -> stat? {
    var status = stat()
    if fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return status }
    if errno == ENOENT { return nil }
    throw FileError(path: place(name), attempt: "inspect it", code: errno)
  }

  /// The names of all entries, as the system stores them, unsorted.
  func entries() throws(FileError) -> [[CChar]] {
    let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0 else { throw FileError(path: path, attempt: "list it", code: errno) }
    guard let stream = fdopendir(copy) else {
      let code = errno
      close(copy)
      throw FileError(path: path, attempt: "list it", code: code)
    }
    defer { closedir(stream) }
    return try FolderListing.names(of: stream, path: path)
  }

  /// Writes a file under a temporary name, syncs it to disk and renames it. An existing entry of that name,
  /// even a link, is replaced and not written to.
  ///
  /// - Parameters:
  ///   - path: the file's path in errors.
  ///   - status: of a file with the permissions and the owner to give it; those of a new file if `nil`.
  func write(
    _ pieces: [[UInt8]], to name: String, path: String, like status: stat? = nil
  ) throws(FileError) {
    let unique = String(UInt64.random(in: .min ... .max), radix: 36)
    // Does not include the file's own name, which may already have the maximal length.
    let temporary = ".\(unique).tmp"
    do throws(FileError) {
      try create(pieces, temporary, path: path, "create a file beside it", like: status)
      try rename(temporary, to: name, path: path)
    } catch {
      unlinkat(descriptor, temporary, 0)
      throw error
    }
  }

  /// Creates a file with the given contents and syncs it to disk.
  func create(
    _ pieces: [[UInt8]], _ name: String, path: String, _ attempt: String = "create it",
    like status: stat? = nil
  ) throws(FileError) {
    let created = openat(
      descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard created >= 0 else { throw FileError(path: path, attempt: attempt, code: errno) }
    defer { close(created) }
    if let status { try imitate(status, created, path) }
    for piece in pieces { try AtomicFile.append(piece, to: created, path: path) }
    guard fsync(created) == 0 else {
      throw FileError(path: path, attempt: "write it to disk", code: errno)
    }
  }

  /// Gives a file the owner and the permissions of another.
  private func imitate(_ status: stat, _ descriptor: Int32, _ path: String) throws(FileError) {
    var own = stat()
    guard fstat(descriptor, &own) == 0 else {
      throw FileError(path: path, attempt: "inspect a file beside it", code: errno)
    }
    let isOwner = own.st_uid == status.st_uid && own.st_gid == status.st_gid
    guard isOwner || fchown(descriptor, status.st_uid, status.st_gid) == 0 else {
      throw FileError(path: path, attempt: "keep its owner", code: errno)
    }
    guard fchmod(descriptor, status.st_mode & 0o7777) == 0 else {
      throw FileError(path: path, attempt: "keep its permissions", code: errno)
    }
  }

  /// Renames the entry `old` to `new` in this directory, durably.
  func rename(_ old: String, to new: String, path: String) throws(FileError) {
    guard renameat(descriptor, old, descriptor, new) == 0 else {
      throw FileError(path: path, attempt: "rename it", code: errno)
    }
    try synchronize(for: path)
  }

  /// Creates a directory.
  ///
  /// - Returns: 0, or the error number.
  func makeFolder(_ name: String) -> Int32 {
    mkdirat(descriptor, name, 0o777) == 0 ? 0 : errno
  }

  /// Waits until the names in this directory are on disk.
  func synchronize(for path: String) throws(FileError) {
    // Some network file systems cannot sync a directory and return EINVAL.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw FileError(path: path, attempt: "write its folder to disk", code: errno)
    }
  }

  /// Removes an entry, and a directory with everything in it. Links are removed, never followed.
  func remove(_ name: [CChar]) throws(FileError) {
    var status = stat()
    let text = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
      if errno == ENOENT { return }
      throw FileError(path: place(text), attempt: "remove it", code: errno)
    }
    let isFolder = status.st_mode & S_IFMT == S_IFDIR
    if isFolder {
      let opened = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard opened >= 0 else { throw failure(text, "remove it", errno) }
      let folder = OpenFolder(opened, place(text))
      for entry in try folder.entries() { try folder.remove(entry) }
    }
    guard unlinkat(descriptor, name, isFolder ? AT_REMOVEDIR : 0) == 0 || errno == ENOENT else {
      throw FileError(path: place(text), attempt: "remove it", code: errno)
    }
  }

  /// Why an entry could not be opened; links are reported as links.
  private func failure(_ name: String, _ attempt: String, _ code: Int32) -> FileError {
    var status = stat()
    if code == ELOOP || code == ENOTDIR,
      fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
      status.st_mode & S_IFMT == S_IFLNK
    {
      return FileError(
        path: place(name), reason: "is a symbolic link, which is not followed in this directory")
    }
    return FileError(path: place(name), attempt: attempt, code: code)
  }
}

@available(*, unavailable)
extension OpenFolder: Sendable {}
