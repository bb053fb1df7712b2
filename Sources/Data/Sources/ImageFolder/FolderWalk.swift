import DataSchema
import Glibc

/// Lists all files below a folder.
struct FolderWalk {
  private let root: String
  private var files: [ListedFile] = []
  /// The folders that are being listed, from the root on, by device and number.
  private var open: [[UInt64]] = []
  /// All folders that were listed.
  private var distinct: Set<[UInt64]> = []
  /// How often a folder was listed.
  private var listed = 0
  private var isEndless = false

  /// Links may list folders again this many times. A few folders that link to each other could do it forever.
  private static let mostRepetitions = 10_000

  /// The files below `root`, in no order. Hidden files and folders are left out; symbolic links are followed,
  /// except to a folder that contains them. What cannot be read is listed with its problem.
  ///
  /// - Throws: ``DataError`` if the folder itself cannot be listed, or if links lead back to its folders in
  ///   countless ways.
  static func files(in root: String) throws(DataError) -> [ListedFile] {
    var walk = FolderWalk(root: root)
    var status = stat()
    guard stat(root, &status) == 0 else {
      throw DataError(path: root, attempt: "look at it", code: errno)
    }
    if let code = walk.list([], status) {
      throw DataError(path: root, attempt: "list it", code: code)
    }
    if walk.isEndless {
      throw DataError(
        path: root,
        reason:
          "its symbolic links lead to its folders in more than \(mostRepetitions) ways; remove links "
          + "between folders")
    }
    return walk.files
  }

  /// The file at a path below `root`, as it is now; with a problem if there is none that can be read.
  static func file(_ path: String, in root: String) -> ListedFile {
    var status = stat()
    guard stat("\(root)/\(path)", &status) == 0 else {
      let problem =
        errno == ENOENT || errno == ENOTDIR
        ? ImageFiles.missing : "cannot be read: \(String(cString: strerror(errno)))"
      return ListedFile(path: path, size: 0, stamp: 0, problem: problem)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      return ListedFile(path: path, size: 0, stamp: 0, problem: "is not a regular file")
    }
    return ListedFile(
      path: path, size: Int(status.st_size),
      stamp: Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec))
  }

  private init(root: String) { self.root = root }

  /// Lists the folder at `path`, the bytes of its path from the root with a slash at the end.
  ///
  /// - Returns: the error number; `nil` if it could be listed.
  private mutating func list(_ path: [UInt8], _ status: stat) -> Int32? {
    let identity = [UInt64(status.st_dev), UInt64(status.st_ino)]
    if open.contains(identity) { return nil }
    distinct.insert(identity)
    listed += 1
    isEndless = isEndless || listed - distinct.count > Self.mostRepetitions
    if isEndless { return nil }
    guard let stream = opendir(absolute(path)) else { return errno }
    defer { closedir(stream) }
    open.append(identity)
    defer { open.removeLast() }
    while !isEndless {
      errno = 0
      guard let entry = readdir(stream) else { return errno == 0 ? nil : errno }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: UInt8.self, capacity: 256) { start in
          Array(UnsafeBufferPointer(start: start, count: strnlen(start, 256)))
        }
      }
      if name.first != UInt8(ascii: ".") { add(path + name) }
    }
    return nil
  }

  private mutating func add(_ path: [UInt8]) {
    var status = stat()
    if stat(absolute(path), &status) != 0 {
      let reason =
        errno == ENOENT || errno == ELOOP
        ? "is a broken symbolic link"
        : "cannot be read: \(String(cString: strerror(errno)))"
      files.append(ListedFile(path, problem: reason))
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      if let code = list(path + [UInt8(ascii: "/")], status) {
        let reason = "cannot be listed: \(String(cString: strerror(code)))"
        files.append(ListedFile(path, problem: reason))
      }
    case S_IFREG:
      let isText = String(validating: path, as: UTF8.self) != nil
      var file = ListedFile(path, problem: isText ? nil : "its name is not valid UTF-8")
      file.size = Int(status.st_size)
      file.stamp =
        Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
      files.append(file)
    default: files.append(ListedFile(path, problem: "is not a regular file"))
    }
  }

  /// The path for system calls, with its zero byte.
  private func absolute(_ path: [UInt8]) -> [CChar] {
    (Array(root.utf8) + [UInt8(ascii: "/")] + path + [0]).map { CChar(bitPattern: $0) }
  }
}

extension ListedFile {
  /// - Parameter path: bytes that may not be UTF-8.
  fileprivate init(_ path: [UInt8], problem: String?) {
    self.init(path: String(decoding: path, as: UTF8.self), size: 0, stamp: 0, problem: problem)
  }
}
