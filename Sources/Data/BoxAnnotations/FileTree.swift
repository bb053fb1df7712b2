import Archives
import DataSchema
import Files
import Glibc

/// A folder, or a zip or tar file that is read in place, or a folder in one.
struct FileTree {
  private enum Place {
    case folder
    /// Members by their names, those of the folder only.
    case archive(any Archive, prefix: String)
  }

  /// As it was given, for messages.
  let path: String
  private let place: Place

  /// What a path leads to.
  enum Target {
    case file(OpenedFile)
    case tree(FileTree)
    case member(any Archive, ArchiveMember)
  }

  /// Opens a path, which may lead into an archive: `annotations.zip/annotations/instances_val2017.json`.
  ///
  /// - Throws: ``DataError`` if there is nothing.
  static func open(_ path: String) throws(DataError) -> Target {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    if isFolder(path) { return .tree(FileTree(path: path, place: .folder)) }
    if let split = archive(in: path) {
      return try DataError.wrap { () throws(FileError) in
        try target(path, ArchiveFile.open(split.archive), split.inside)
      }
    }
    return .file(try DataError.wrap { () throws(FileError) in try OpenedFile(path) })
  }

  private static func target(
    _ path: String, _ archive: any Archive, _ inside: String
  ) throws(FileError) -> Target {
    if inside.isEmpty { return .tree(FileTree(path: path, place: .archive(archive, prefix: ""))) }
    if let member = archive[inside], !member.isDirectory { return .member(archive, member) }
    let prefix = inside + "/"
    guard archive.members.contains(where: { $0.name.hasPrefix(prefix) }) else {
      throw FileError(
        path: archive.path, reason: "it has no entry \(FileError.quoted(inside))")
    }
    return .tree(FileTree(path: path, place: .archive(archive, prefix: prefix)))
  }

  private static func isFolder(_ path: String) -> Bool { kind(of: path) == S_IFDIR }

  private static func kind(of path: String) -> mode_t? {
    var status = stat()
    return !path.utf8.contains(0) && stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// The archive that a path leads to or into; `nil` if no part of it is one, judging by its ending.
  private static func archive(in path: String) -> (archive: String, inside: String)? {
    var place = path.startIndex
    while place < path.endIndex {
      let end = path[place...].dropFirst().firstIndex(of: "/") ?? path.endIndex
      let part = path[..<end]
      if part.hasSuffix(".zip") || part.hasSuffix(".tar"), kind(of: String(part)) == S_IFREG {
        return (String(part), String(path[end...].dropFirst()))
      }
      place = end
    }
    return nil
  }

  /// The paths of all files that end with `ending`, in the order of their bytes.
  ///
  /// - Parameter depth: how many folders deep to look.
  func files(_ ending: String, depth: Int = 6) throws(DataError) -> [String] {
    switch place {
    case .archive(_, let prefix):
      return members.filter { !$0.isDirectory && $0.name.hasSuffix(ending) }
        .map { String($0.name.dropFirst(prefix.count)) }.sorted(by: Self.precedes)
    case .folder:
      var found: [String] = []
      try list("", ending, depth: depth, &found)
      return found.sorted(by: Self.precedes)
    }
  }

  private var members: [ArchiveMember] {
    guard case .archive(let archive, let prefix) = place else { return [] }
    return archive.members.filter { $0.name.hasPrefix(prefix) }
  }

  private static func precedes(_ one: String, _ other: String) -> Bool {
    one.utf8.lexicographicallyPrecedes(other.utf8)
  }

  private func list(
    _ folder: String, _ ending: String, depth: Int, _ found: inout [String]
  ) throws(DataError) {
    let names = try DataError.wrap { () throws(FileError) in
      try FolderListing.names(in: folder.isEmpty ? path : "\(path)/\(folder)") ?? []
    }
    for name in names where !name.hasPrefix(".") {
      let inside = folder.isEmpty ? name : "\(folder)/\(name)"
      if name.hasSuffix(ending) {
        found.append(inside)
      } else if depth > 1, !name.contains("."), Self.isFolder("\(path)/\(inside)") {
        try list(inside, ending, depth: depth - 1, &found)
      }
    }
  }

  /// The contents of a file of at most `limit` bytes.
  func bytes(of name: String, limit: Int) throws(DataError) -> [UInt8] {
    try DataError.wrap { () throws(FileError) in
      switch place {
      case .folder: return try FileReading.bytes(of: "\(path)/\(name)", limit: limit)
      case .archive(let archive, let prefix):
        guard let member = archive[prefix + name] else {
          throw FileError(
            path: archive.path, reason: "it has no entry \(FileError.quoted(prefix + name))")
        }
        return try archive.read(member, limit: limit)
      }
    }
  }
}
