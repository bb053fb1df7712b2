import Glibc

/// A directory whose accesses never leave it: names are relative and must not contain `..`,
/// symbolic links are refused, and only regular files are opened. A directory from an untrusted
/// source can therefore not be used to read, change or remove files elsewhere.
///
/// The directory itself may be reached through links, since the user named it.
package struct RootedDirectory: Hashable, Sendable {
  /// The kind of an entry.
  package enum Kind: Sendable {
    case file, folder, link
    /// A pipe, a socket or a device.
    case other
  }

  /// The directory that no access leaves.
  package let root: String
  /// This directory's path below ``root``; empty for the root itself.
  private let place: String

  package init(_ root: String) {
    self.root = root
    place = ""
  }

  /// The directory at `path`, confined to `root`. If it is not below `root`, it is its own root.
  package init(_ path: String, below root: String) {
    if path.hasPrefix(root + "/"), path.utf8.count > root.utf8.count + 1 {
      self.root = root
      place = String(decoding: path.utf8.dropFirst(root.utf8.count + 1), as: UTF8.self)
    } else {
      self.root = path
      place = ""
    }
  }

  private init(_ root: String, _ place: String) {
    self.root = root
    self.place = place
  }

  /// The path, for error messages and other programs; use the functions below to open files.
  package var path: String { place.isEmpty ? root : "\(root)/\(place)" }

  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// A directory below this one; its path is checked like every other name.
  package func directory(_ name: String) -> RootedDirectory {
    RootedDirectory(root, place.isEmpty ? name : "\(place)/\(name)")
  }

  // MARK: Reading

  /// Opens a regular file for reading.
  package func open(_ name: String) throws(FileError) -> OpenedFile {
    let (folder, last) = try parent(of: name, "open it")
    return try OpenedFile(
      taking: folder.open(last, O_RDONLY, "open it").descriptor, path: file(name))
  }

  /// The contents of a regular file.
  ///
  /// - Throws: ``FileError``, also if the file is larger than `limit` bytes.
  package func bytes(of name: String, limit: Int = 1 << 34) throws(FileError) -> [UInt8] {
    try open(name).contents(limit: limit)
  }

  /// The kind of the entry `name`.
  ///
  /// - Returns: `nil` if there is no such entry.
  package func kind(of name: String) throws(FileError) -> Kind? {
    guard let status = try status(of: name) else { return nil }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    case S_IFLNK: .link
    default: .other
    }
  }

  /// Whether there is a regular file of this name; links do not count.
  package func isFile(_ name: String) -> Bool {
    do throws(FileError) { return try kind(of: name) == .file } catch { return false }
  }

  /// Whether there is a directory of this name; links do not count.
  package func isFolder(_ name: String) -> Bool {
    do throws(FileError) { return try kind(of: name) == .folder } catch { return false }
  }

  /// The size of a file in bytes.
  ///
  /// - Returns: `nil` if there is no such entry.
  package func size(of name: String) throws(FileError) -> Int? {
    try status(of: name).map { Int($0.st_size) }
  }

  /// The identity of a file and how many names it has (hard links).
  ///
  /// - Returns: `nil` if there is no such entry.
  package func links(of name: String) throws(FileError) -> (file: UInt64, count: Int)? {
    try status(of: name).map { (UInt64($0.st_ino), Int($0.st_nlink)) }
  }

  private func status(of name: String) throws(FileError) -> stat? {
    do throws(FileError) {
      let (folder, last) = try parent(of: name, "inspect it")
      return try folder.status(last)
    } catch {
      if error.code == ENOENT { return nil }
      throw error
    }
  }

  /// The names of all entries of this directory, sorted.
  package func names() throws(FileError) -> [String] {
    try opened("list it").entries().map(Self.text).sorted()
  }

  /// The names of all entries of a directory below this one, sorted.
  package func names(in name: String) throws(FileError) -> [String] {
    try directory(name).names()
  }

  /// The paths of the regular files in this directory and below, relative to it, sorted.
  package func files() throws(FileError) -> [String] {
    try Self.files(in: opened("list it"), prefix: "").sorted()
  }

  private static func files(in folder: OpenFolder, prefix: String) throws(FileError) -> [String] {
    var found: [String] = []
    for name in try folder.entries().map(text) {
      guard let status = try folder.status(name) else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: found += try files(in: folder.folder(name), prefix: "\(prefix)\(name)/")
      case S_IFREG: found.append(prefix + name)
      default: break
      }
    }
    return found
  }

  /// The size of everything in this directory in bytes; a file with several names in it counts once.
  ///
  /// - Parameter isCounted: whether a file counts, by its name and the number of its names everywhere.
  package func usedBytes(
    counting isCounted: (_ name: String, _ links: Int) -> Bool = { _, _ in true }
  ) throws(FileError) -> Int {
    var total = 0
    var seen: Set<UInt64> = []
    try Self.visit(opened("list it")) { name, status in
      guard isCounted(name, Int(status.st_nlink)) else { return }
      if status.st_nlink > 1, !seen.insert(UInt64(status.st_ino)).inserted { return }
      total += Int(status.st_size)
    }
    return total
  }

  /// The bytes that removing this directory would free: a file that has a name elsewhere stays.
  package func freedBytes() throws(FileError) -> Int {
    var total = 0
    var names: [UInt64: Int] = [:]
    try Self.visit(opened("list it")) { _, status in
      names[UInt64(status.st_ino), default: 0] += 1
      if names[UInt64(status.st_ino)] == Int(status.st_nlink) { total += Int(status.st_size) }
    }
    return total
  }

  /// How many names each file has in this directory and below, by the file's identity (``links(of:)``).
  package func nameCounts() throws(FileError) -> [UInt64: Int] {
    var names: [UInt64: Int] = [:]
    try Self.visit(opened("list it")) { _, status in names[UInt64(status.st_ino), default: 0] += 1 }
    return names
  }

  /// Visits the regular files of a directory and of those below it.
  private static func visit(
    _ folder: OpenFolder, _ use: (String, stat) -> Void
  ) throws(FileError) {
    for name in try folder.entries().map(text) {
      guard let status = try folder.status(name) else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try visit(folder.folder(name), use)
      case S_IFREG: use(name, status)
      default: break
      }
    }
  }

  // MARK: Writing

  /// Writes a file whole or not at all, creating missing directories. An existing entry of that name is
  /// replaced, not written to.
  package func write(_ pieces: [[UInt8]], to name: String) throws(FileError) {
    let (folder, last) = try parent(of: name, "create a file beside it", creates: true)
    try folder.write(pieces, to: last, path: file(name))
  }

  package func write(_ text: String, to name: String) throws(FileError) {
    try write([Array(text.utf8)], to: name)
  }

  /// Creates a file directly under its name and syncs it to disk, for use in a directory that itself has a
  /// temporary name.
  package func create(_ pieces: [[UInt8]], _ name: String) throws(FileError) {
    let (folder, last) = try parent(of: name, "create it")
    try folder.create(pieces, last, path: file(name))
  }

  /// Creates the directory `name` and its missing parents.
  package func createFolder(_ name: String) throws(FileError) {
    _ = try walk(components(of: name), "create it", creates: true)
  }

  /// Creates a single directory.
  ///
  /// - Returns: `false` if something of this name already exists.
  package func createNewFolder(_ name: String) throws(FileError) -> Bool {
    let (folder, last) = try parent(of: name, "create it")
    let code = folder.makeFolder(last)
    if code == EEXIST { return false }
    guard code == 0 else { throw FileError(path: file(name), attempt: "create it", code: code) }
    try folder.synchronize(for: file(name))
    return true
  }

  /// Renames `name` within its directory, durably.
  package func rename(_ name: String, to new: String) throws(FileError) {
    let (folder, last) = try parent(of: new, "rename it")
    let parts = try components(of: name)
    guard let old = parts.last, try parts.dropLast() == components(of: new).dropLast() else {
      throw FileError(path: file(new), reason: "is not in the folder of \(file(name))")
    }
    try folder.rename(old, to: last, path: file(new))
  }

  /// Gives `target` in this directory the contents of `name` in `other`, as a hard link if the file
  /// system supports it, otherwise as a copy.
  package func link(
    _ name: String, of other: RootedDirectory, to target: String
  ) throws(FileError) {
    if try hardLink(name, of: other, to: target) { return }
    let (folder, last) = try parent(of: target, "create it", creates: true)
    try folder.write([other.open(name).contents(limit: .max)], to: last, path: file(target))
  }

  /// Makes `target` in this directory another name of the regular file `name` in `other`.
  ///
  /// - Returns: `false` if that is not possible: on another file system, or if there is a `target` already.
  package func hardLink(
    _ name: String, of other: RootedDirectory, to target: String
  ) throws(FileError) -> Bool {
    let (source, sourceName) = try other.parent(of: name, "open it")
    let (folder, last) = try parent(of: target, "create it", creates: true)
    // The open descriptor shows that it is a regular file. With flags of 0, `linkat` never follows
    // a symbolic link.
    _ = try OpenedFile(
      taking: source.open(sourceName, O_RDONLY, "open it").descriptor, path: other.file(name))
    guard linkat(source.descriptor, sourceName, folder.descriptor, last, 0) == 0 else {
      return false
    }
    try folder.synchronize(for: file(target))
    return true
  }

  /// Takes the permission to write a file from everybody; replacing and removing it stay possible.
  package func makeReadOnly(_ name: String) throws(FileError) {
    let (folder, last) = try parent(of: name, "make it read-only")
    let opened = try folder.open(last, O_RDONLY, "make it read-only")
    defer { close(opened.descriptor) }
    guard fchmod(opened.descriptor, opened.status.st_mode & 0o555) == 0 else {
      throw FileError(path: file(name), attempt: "make it read-only", code: errno)
    }
  }

  // MARK: Removing

  /// Removes a file, a link or a directory with everything in it; links are never followed. It is not an
  /// error if there is nothing of this name.
  package func remove(_ name: String) throws(FileError) {
    do throws(FileError) {
      let (folder, last) = try parent(of: name, "remove it")
      try folder.remove(Array(last.utf8CString))
    } catch {
      if error.code != ENOENT { throw error }
    }
  }

  // MARK: Path resolution

  /// The directory that contains `name`, and the last component of the name.
  func parent(
    of name: String, _ attempt: String, creates: Bool = false
  ) throws(FileError) -> (folder: OpenFolder, name: String) {
    let parts = try components(of: name)
    guard let last = parts.last else { throw wrongName(name) }
    return (try walk(parts.dropLast(), attempt, creates: creates), last)
  }

  private func opened(_ attempt: String) throws(FileError) -> OpenFolder {
    try walk(place.isEmpty ? [] : components(of: ""), attempt, creates: false)
  }

  private func walk(
    _ parts: some Sequence<String>, _ attempt: String, creates: Bool
  ) throws(FileError) -> OpenFolder {
    var folder = try OpenFolder(root, attempt)
    for part in parts {
      if creates {
        let code = folder.makeFolder(part)
        guard code == 0 || code == EEXIST else {
          throw FileError(path: folder.place(part), attempt: "create it", code: code)
        }
        if code == 0 { try folder.synchronize(for: folder.place(part)) }
      }
      folder = try folder.folder(part)
    }
    return folder
  }

  /// The components of the path from the root.
  private func components(of name: String) throws(FileError) -> [String] {
    let whole = place.isEmpty ? name : name.isEmpty ? place : "\(place)/\(name)"
    let parts = whole.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    for part in parts where part.isEmpty || part == "." || part == ".." || part.utf8.contains(0) {
      throw wrongName(name)
    }
    return parts
  }

  private func wrongName(_ name: String) -> FileError {
    FileError(path: file(name), reason: "is not a path inside \(root)")
  }

  private static func text(_ name: [CChar]) -> String {
    String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
