import Glibc

/// Writes files so that other processes see them whole or not at all.
package enum AtomicFile {
  /// Whether a file of this name was left behind by a writer that was killed.
  package static func isTemporary(_ name: String) -> Bool {
    name.hasPrefix(".") && name.hasSuffix(".tmp")
  }

  /// Writes `pieces` one after the other to `path`, whose folder must exist: to a temporary file in the same
  /// folder, which is synced to disk and then renamed to `path`.
  package static func write(_ pieces: [[UInt8]], to path: String) throws(FileError) {
    try FileError.refuseZeroByte(in: path)
    let opened: OpenFolder
    do throws(FileError) {
      opened = try OpenFolder(folder(of: path))
    } catch {
      throw FileError(path: path, attempt: "create a file beside it", code: error.code ?? EIO)
    }
    let name = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    try opened.write(pieces, to: name, path: path)
  }

  /// Gives an existing file other contents. Its permissions and its owner stay the same, and of a symbolic link the
  /// file is replaced that it leads to.
  package static func replace(_ bytes: [UInt8], at path: String) throws(FileError) {
    try FileError.refuseZeroByte(in: path)
    guard let real = realpath(path, nil) else {
      throw FileError(path: path, attempt: "find it", code: errno)
    }
    defer { free(real) }
    let target = String(cString: real)
    var status = stat()
    // Renaming needs no permission to write the file itself.
    guard access(target, W_OK) == 0, stat(target, &status) == 0 else {
      throw FileError(path: path, attempt: "write it", code: errno)
    }
    let name = target.lastIndex(of: "/").map { String(target[target.index(after: $0)...]) }
    try OpenFolder(folder(of: target)).write(
      [bytes], to: name ?? target, path: path, like: status)
  }

  /// Renames the finished file `temporary` to `path` in the same folder, durably.
  package static func rename(_ temporary: String, to path: String) throws(FileError) {
    guard Glibc.rename(temporary, path) == 0 else {
      let code = errno
      unlink(temporary)
      throw FileError(path: path, attempt: "rename it", code: code)
    }
    try synchronizeFolder(of: path)
  }

  /// Waits until the name `path` itself is on disk.
  private static func synchronizeFolder(of path: String) throws(FileError) {
    let folder = open(Self.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else {
      throw FileError(path: path, attempt: "open its folder", code: errno)
    }
    defer { close(folder) }
    // Some network file systems cannot sync a folder and return EINVAL.
    guard fsync(folder) == 0 || errno == EINVAL else {
      throw FileError(path: path, attempt: "write its folder to disk", code: errno)
    }
  }

  /// Writes all of `bytes` at the current position of `descriptor`; `path` is for error messages.
  package static func append(
    _ bytes: some Sequence<UInt8>, to descriptor: Int32, path: String
  ) throws(FileError) {
    let bytes = ContiguousArray(bytes)
    var written = 0
    while written < bytes.count {
      let step = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
      }
      if step < 0 && errno == EINTR { continue }
      guard step > 0 else {
        throw FileError(path: path, attempt: "write it", code: step < 0 ? errno : EIO)
      }
      written += step
    }
  }

  /// Creates the folder at `path` and its missing parents.
  package static func createFolder(_ path: String) throws(FileError) {
    try FileError.refuseZeroByte(in: path)
    var code = makeFolder(path)
    let parent = folder(of: path)
    if code == ENOENT, parent != path {
      try createFolder(parent)
      code = makeFolder(path)
    }
    if code == EEXIST {
      var status = stat()
      if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
      throw FileError(path: path, reason: "already exists and is not a folder")
    }
    guard code == 0 else { throw FileError(path: path, attempt: "create it", code: code) }
    try synchronizeFolder(of: path)
  }

  /// Creates one folder in an existing folder.
  ///
  /// - Returns: `false` if something of this name already exists.
  package static func createNewFolder(_ path: String) throws(FileError) -> Bool {
    try FileError.refuseZeroByte(in: path)
    let code = makeFolder(path)
    if code == EEXIST { return false }
    guard code == 0 else { throw FileError(path: path, attempt: "create it", code: code) }
    try synchronizeFolder(of: path)
    return true
  }

  /// - Returns: 0, or the error number.
  private static func makeFolder(_ path: String) -> Int32 {
    mkdir(path, 0o777) == 0 ? 0 : errno
  }

  /// Writes a single piece.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    try write([bytes], to: path)
  }

  package static func write(_ text: String, to path: String) throws(FileError) {
    try write([Array(text.utf8)], to: path)
  }

  /// The folder that contains `path`.
  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
