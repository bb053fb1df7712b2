import Glibc

/// Looking for the files of a data set in folders.
enum FileSearch {
  /// The paths in `folders`, in their order, under which there is something called as `role`'s file
  /// is, uncompressed before compressed.
  static func candidates(
    _ role: ImageFileRole, in folders: [String]
  ) throws(DataError) -> [String] {
    var found: [String] = []
    for folder in folders {
      for suffix in ["", ".gz"] {
        let path = "\(folder)/\(role.fileName)\(suffix)"
        if try exists(path) { found.append(path) }
      }
    }
    return found
  }

  static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether there is something at `path`, be it a link that leads nowhere: opening that is then an
  /// error, which is better than passing over it.
  private static func exists(_ path: String) throws(DataError) -> Bool {
    var status = stat()
    if lstat(path, &status) == 0 { return true }
    guard errno == ENOENT || errno == ENOTDIR else {
      throw DataError(path: path, attempt: "look at it", code: errno)
    }
    return false
  }

  /// What `body` gives for each role, computed side by side; of several errors, the first role's.
  static func forEachRole<Value: Sendable>(
    _ body: @escaping @Sendable (ImageFileRole) throws(DataError) -> Value
  ) async throws(DataError) -> [ImageFileRole: Value] {
    let results = await withTaskGroup { group in
      for role in ImageFileRole.allCases {
        group.addTask { (role, Result { () throws(DataError) in try body(role) }) }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    var values: [ImageFileRole: Value] = [:]
    for role in ImageFileRole.allCases { values[role] = try results[role]?.get() }
    return values
  }
}
