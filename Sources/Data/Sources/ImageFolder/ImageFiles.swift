import Archives
import DataSchema
import Files

/// The files that a data set of images is made of: below a folder, or in an archive that is read in place.
struct ImageFiles: Sendable {
  /// From the root.
  let path: String
  /// All files, in no order.
  let files: [ListedFile]
  /// `nil` for a folder.
  private let archive: (any Archive)?

  /// Opens the archive and lists its members, or lists the files below the folder.
  ///
  /// - Throws: ``DataError`` if it is neither, or cannot be read.
  init(_ path: String) throws(DataError) {
    self.path = path
    if FileSearch.isFolder(path) {
      archive = nil
      files = try FolderWalk.files(in: path)
      return
    }
    guard FileSearch.isFile(path) else {
      throw DataError(path: path, reason: "there is no such folder or archive")
    }
    let opened = try Self.archive(path)
    archive = opened
    files = opened.members.compactMap { member in
      if member.isDirectory || ListedFile.isHidden(member.name) { return nil }
      return ListedFile(
        path: member.name, size: member.size, stamp: Int64(member.checksum ?? 0),
        problem: member.obstacle)
    }
  }

  /// Lists the files below some folders of a folder; what lies beside them is not looked at.
  ///
  /// - Parameter folders: their paths from the root, with or without a slash at the end.
  /// - Throws: ``DataError`` if one of them is no folder, or cannot be read.
  init(_ path: String, below folders: Set<String>) throws(DataError) {
    self.path = path
    archive = nil
    var found: [ListedFile] = []
    for folder in folders.sorted(by: ListedFile.precedes) {
      let prefix = folder.hasSuffix("/") ? folder : folder + "/"
      for var file in try FolderWalk.files(in: "\(path)/\(prefix)") {
        file.path = prefix + file.path
        found.append(file)
      }
    }
    files = found
  }

  /// Opens an archive, or a folder, whose files are not listed.
  ///
  /// - Throws: ``DataError`` if it is neither, or cannot be read.
  init(existing path: String) throws(DataError) {
    guard FileSearch.isFolder(path) || FileSearch.isFile(path) else {
      throw DataError(path: path, reason: "there is no such folder or archive")
    }
    try self.init(reopening: path)
  }

  /// Opens what is known to hold an index, without listing a folder again.
  init(reopening path: String) throws(DataError) {
    self.path = path
    files = []
    archive = FileSearch.isFolder(path) ? nil : try Self.archive(path)
  }

  private static func archive(_ path: String) throws(DataError) -> any Archive {
    try DataError.wrap { () throws(FileError) in try ArchiveFile.open(path) }
  }

  /// The file at a path from the root, as it is now. If there is none, it has a problem.
  func file(_ name: String) -> ListedFile {
    guard let archive else { return FolderWalk.file(name, in: path) }
    guard let member = archive[name], !member.isDirectory else {
      return ListedFile(path: name, size: 0, stamp: 0, problem: Self.missing)
    }
    return ListedFile(
      path: name, size: member.size, stamp: Int64(member.checksum ?? 0), problem: member.obstacle)
  }

  /// The problem of a file that does not exist.
  static let missing = "does not exist"

  /// Paths that may have been meant by that of a missing file: the same name one folder deeper, or the names
  /// beside it.
  func alternatives(to name: String) throws(FileError) -> [String] {
    let folder = name.lastIndex(of: "/").map { String(name[...$0]) } ?? ""
    let last = String(name.dropFirst(folder.count))
    if let archive {
      let deeper = archive.members.lazy.map(\.name).first { $0.hasSuffix("/" + name) }
      if let deeper { return [deeper] }
      return archive.members.lazy.map(\.name).filter {
        $0.hasPrefix(folder) && !$0.dropFirst(folder.count).contains("/")
      }
    }
    let names = try FolderListing.names(in: "\(path)/\(folder)") ?? []
    for inner in names.sorted(by: ListedFile.precedes)
    where FileSearch.isFile("\(path)/\(folder)\(inner)/\(last)") {
      return ["\(folder)\(inner)/\(last)"]
    }
    return names.map { folder + $0 }
  }

  /// The place of a file for messages: `folder/a.jpg`, `archive.zip: a.jpg`.
  func place(_ name: String) -> String { archive == nil ? "\(path)/\(name)" : "\(path): \(name)" }

  /// The contents of a file.
  func read(_ name: String) throws(FileError) -> [UInt8] {
    guard let archive else { return try FileReading.bytes(of: "\(path)/\(name)", limit: 1 << 30) }
    guard let member = archive[name] else {
      throw FileError(path: path, reason: "no longer holds \(name)")
    }
    return try archive.read(member)
  }
}
