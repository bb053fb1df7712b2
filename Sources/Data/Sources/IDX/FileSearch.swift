import DataSchema
import Glibc

/// Finds the files of a data set in folders.
enum FileSearch {
  /// The existing paths of `role`'s file in `folders`, in order of the folders, then of the suffixes.
  ///
  /// - Parameter suffixes: suffixes of the file name to try.
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

  /// Whether there is anything at `path`, including a broken link: opening that gives an error, which is
  /// better than ignoring it.
  private static func exists(_ path: String) throws(DataError) -> Bool {
    var status = stat()
    if lstat(path, &status) == 0 { return true }
    guard errno == ENOENT || errno == ENOTDIR else {
      throw DataError(path: path, attempt: "look at it", code: errno)
    }
    return false
  }

  /// Computes `body` for each role concurrently; if there are several errors, throws the first role's.
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

// Files with names other than MNIST's own.
extension FileSearch {
  /// The files in `folder` whose names identify their role. If a file exists both compressed and
  /// uncompressed, the uncompressed one is used.
  ///
  /// - Parameters:
  ///   - subfolders: whether to include files in the folders `train` and `test`.
  ///   - suffixes: file names must end in one of these.
  /// - Throws: ``DataError`` if two files match the same role, or if images and labels have the names of
  ///   different data sets.
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
      // Names are sorted, so a compressed file follows the uncompressed one.
      if file == other.file + ".gz" { continue }
      throw DataError(
        path: folder,
        reason: "is ambiguous: \(other.file) and \(file) could both be the "
          + "\(name.role.description); keep one data set per folder")
    }
    let all = IDXRole.allCases.compactMap { found[$0] }
    if let first = all.first, let other = all.first(where: { $0.name.prefix != first.name.prefix })
    {
      throw DataError(
        path: folder,
        reason: "is ambiguous: \(first.file) and \(other.file) seem to belong to different data "
          + "sets; keep one data set per folder")
    }
    return found.mapValues { "\(folder)/\($0.file)" }
  }

  /// The file names, sorted, without hidden files; a link counts as a file, whatever its target.
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

  /// The names in a folder. Names that are not UTF-8 are skipped: no file of a data set has one.
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
