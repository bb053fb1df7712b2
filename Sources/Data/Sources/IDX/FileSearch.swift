import DataSchema
import Glibc

/// Looking for the files of a data set in folders.
enum FileSearch {
  /// The paths in `folders`, in their order, that have the name of `role`'s file, uncompressed before
  /// compressed.
  ///
  /// - Parameter suffixes: what may follow the name.
  static func candidates(
    _ role: IDXRole, in folders: [String], suffixes: [String]
  ) throws(DataError) -> [String] {
    var found: [String] = []
    for folder in folders {
      for suffix in suffixes {
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

  /// Whether there is something at `path`, even a link that leads nowhere: opening that is then an
  /// error, which is better than ignoring it.
  private static func exists(_ path: String) throws(DataError) -> Bool {
    var status = stat()
    if lstat(path, &status) == 0 { return true }
    guard errno == ENOENT || errno == ENOTDIR else {
      throw DataError(path: path, attempt: "look at it", code: errno)
    }
    return false
  }

  /// What `body` gives for each role, computed concurrently; of several errors, the first role's.
  static func forEachRole<Value: Sendable>(
    _ body: @escaping @Sendable (IDXRole) throws(DataError) -> Value
  ) async throws(DataError) -> [IDXRole: Value] {
    let results = await withTaskGroup { group in
      for role in IDXRole.allCases {
        group.addTask { (role, Result { () throws(DataError) in try body(role) }) }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    var values: [IDXRole: Value] = [:]
    for role in IDXRole.allCases { values[role] = try results[role]?.get() }
    return values
  }
}

// Files under other names than MNIST's own.
extension FileSearch {
  /// The files in `folder` whose names say what they are, by role. Of a file that is there compressed
  /// and uncompressed, the uncompressed one counts.
  ///
  /// - Parameters:
  ///   - subfolders: whether files in the folders `train` and `test` count too.
  ///   - suffixes: how a file's name has to end, in one of these ways.
  /// - Throws: ``DataError`` if two files are called so that either could be meant, or if images and
  ///   labels are those of differently named data sets.
  static func named(
    in folder: String, subfolders: Bool, suffixes: [String] = [""],
    where isWanted: (IDXFileName) -> Bool = { _ in true }
  ) throws(DataError) -> [IDXRole: String] {
    var found: [IDXRole: (name: IDXFileName, file: String)] = [:]
    for file in try files(in: folder, subfolders: subfolders)
    where suffixes.contains(where: file.hasSuffix) {
      guard let name = IDXFileName(file), isWanted(name) else { continue }
      guard let other = found[name.role] else {
        found[name.role] = (name, file)
        continue
      }
      // Sorted, so that a compressed file follows the uncompressed one.
      if file == other.file + ".gz" { continue }
      throw DataError(
        path: folder,
        reason: "is ambiguous: \(other.file) and \(file) could both be the "
          + "\(name.role.description); keep one data set in a folder")
    }
    let all = IDXRole.allCases.compactMap { found[$0] }
    if let first = all.first, let other = all.first(where: { $0.name.prefix != first.name.prefix })
    {
      throw DataError(
        path: folder,
        reason: "is ambiguous: \(first.file) and \(other.file) seem to belong to different data "
          + "sets; keep one data set in a folder")
    }
    return found.mapValues { "\(folder)/\($0.file)" }
  }

  /// The names of the files, sorted, without hidden ones; a link counts as a file, whatever it leads to.
  private static func files(
    in folder: String, subfolders: Bool
  ) throws(DataError) -> [String] {
    var files: [String] = []
    for name in try entries(of: folder) {
      let path = "\(folder)/\(name)"
      guard isFolder(path) else {
        files.append(name)
        continue
      }
      guard subfolders, IDXFileName.isSplit(name) else { continue }
      for inner in try entries(of: path) where !isFolder("\(path)/\(inner)") {
        files.append("\(name)/\(inner)")
      }
    }
    return files.sorted()
  }

  /// A name that is not UTF-8 belongs to none of the files that are looked for.
  private static func entries(of folder: String) throws(DataError) -> [String] {
    guard let stream = opendir(folder) else {
      throw DataError(path: folder, attempt: "list it", code: errno)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw DataError(path: folder, attempt: "list it", code: errno) }
        return names
      }
      let bytes = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      guard let name = String(validating: bytes, as: UTF8.self), !name.hasPrefix(".") else {
        continue
      }
      names.append(name)
    }
  }
}
