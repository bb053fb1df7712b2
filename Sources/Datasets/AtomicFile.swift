import Glibc

/// Files that other processes see whole or not at all.
enum AtomicFile {
  /// Writes `pieces` one after the other to `path`, whose folder must exist: to a temporary file in
  /// the same folder, which is forced to the disk and then takes the name `path`.
  static func write(_ pieces: [[UInt8]], to path: String) throws(DataError) {
    let (folder, name) = split(path)
    let unique = String(UInt64.random(in: .min ... .max), radix: 36)
    let temporary = "\(folder)/.\(name).\(unique).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw DataError(path: path, attempt: "create a file beside it", code: errno)
    }
    do throws(DataError) {
      defer { close(descriptor) }
      for piece in pieces { try append(piece, to: descriptor, path: path) }
      guard fsync(descriptor) == 0 else {
        throw DataError(path: path, attempt: "write it to the disk", code: errno)
      }
    } catch {
      unlink(temporary)
      throw error
    }
    try rename(temporary, to: path)
  }

  /// Gives the finished file `temporary` the name `path` in the same folder, for good.
  static func rename(_ temporary: String, to path: String) throws(DataError) {
    guard Glibc.rename(temporary, path) == 0 else {
      let code = errno
      unlink(temporary)
      throw DataError(path: path, attempt: "give it its name", code: code)
    }
    let folder = open(split(path).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else {
      throw DataError(path: path, attempt: "open its folder", code: errno)
    }
    defer { close(folder) }
    guard fsync(folder) == 0 else {
      throw DataError(path: path, attempt: "write its folder to the disk", code: errno)
    }
  }

  /// Writes all of `bytes` where `descriptor` stands; `path` is for the message.
  static func append(
    _ bytes: some Sequence<UInt8>, to descriptor: Int32, path: String
  ) throws(DataError) {
    let bytes = ContiguousArray(bytes)
    var written = 0
    while written < bytes.count {
      let step = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
      }
      if step < 0 {
        if errno == EINTR { continue }
        throw DataError(path: path, attempt: "write it", code: errno)
      }
      written += step
    }
  }

  /// Creates the folder at `path` and those it lies in, where they are missing.
  static func createFolder(_ path: String) throws(DataError) {
    if mkdir(path, 0o777) == 0 { return }
    var code = errno
    if code == ENOENT {
      let parent = split(path).folder
      guard parent != path else { throw DataError(path: path, attempt: "create it", code: code) }
      try createFolder(parent)
      if mkdir(path, 0o777) == 0 { return }
      code = errno
    }
    guard code == EEXIST else { throw DataError(path: path, attempt: "create it", code: code) }
  }

  /// The folder that `path` lies in, and its name there.
  private static func split(_ path: String) -> (folder: String, name: Substring) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path[...]) }
    let folder = slash == path.startIndex ? "/" : String(path[..<slash])
    return (folder, path[path.index(after: slash)...])
  }
}
