import Files
import Glibc

/// The store of decoded inputs: a folder of files, each found by a hash of everything that its contents depend
/// on, and shared by epochs, folds, trials, later runs and concurrent processes.
///
/// - `KEY.pack`: the pixels of images, filled as they are needed. Users hold a shared lock on it.
/// - `KEY.column`: all inputs of a source that is read at once. Users hold a shared lock on it, the process that
///   writes it an exclusive one.
/// - `.lock`: held while a pack is made, and while a file is evicted.
package struct PackStore: Sendable {
  package let folder: String
  /// The most bytes that its files may have together.
  package let limit: Int

  /// The folder is not accessed before one of its files is opened.
  package init(folder: String, limit: Int) {
    self.folder = folder
    self.limit = limit
  }

  /// The packs and columns, which count towards the limit.
  package var files: CacheFolder {
    CacheFolder(path: folder, limit: limit) { name in
      ["pack", "column"].contains(name.dropFirst(65)) && name.dropFirst(64).first == "."
        && name.utf8.prefix(64).allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
  }

  /// Opens the pack of this key, or makes it.
  ///
  /// - Throws: ``PackStoreError`` if it cannot be kept; the images are then decoded whenever they are needed.
  func pack(key: String, _ layout: PackLayout) throws(PackStoreError) -> Pack {
    guard layout.fileBytes <= limit else {
      throw .largerThanLimit(bytes: layout.fileBytes, limit: limit)
    }
    do throws(FileError) {
      try AtomicFile.createFolder(folder)
      return try withLock { () throws(FileError) in
        let file = try Self.open("\(folder)/\(key).pack")
        try file.lock(.shared)
        let header = Self.header(key, layout)
        if try Self.hasHeader(file, header), try Int(file.status().st_size) == layout.fileBytes {
          markUsed(file)
        } else {
          try makeRoom(for: layout.fileBytes, besides: "\(key).pack")
          try Self.begin(file, header, layout)
        }
        return Pack(file, layout)
      }
    } catch {
      throw .unusable(error)
    }
  }

  /// Runs `body` while no other process makes packs or evicts files. The folder exists.
  func withLock<Value>(_ body: () throws(FileError) -> Value) throws(FileError) -> Value {
    let lock = try Self.open(folder + "/.lock")
    try lock.lock(.exclusive)
    defer { withExtendedLifetime(lock) {} }
    return try body()
  }

  /// This fails for files of other users, which are then evicted earlier.
  func markUsed(_ file: LockedFile) { _ = futimens(file.descriptor, nil) }

  static func open(_ path: String) throws(FileError) -> LockedFile {
    guard let file = try LockedFile(path, .readWrite) else {
      throw FileError(path: path, reason: "cannot be created")
    }
    return file
  }

  /// Evicts files until there is room for a new one; the store is locked.
  func makeRoom(for bytes: Int, besides name: String) throws(FileError) {
    do throws(CacheFolder.RoomError) {
      try files.makeRoom(for: bytes) { $0 == name }
    } catch {
      switch error {
      case .unusable(let error): throw error
      case .noRoom(let bytes, let inUse, let limit):
        throw FileError(
          path: folder,
          reason: "the decoded inputs need \(ByteCount.text(bytes)), and unfinished runs use "
            + "\(ByteCount.text(inUse)) of the cache limit of \(ByteCount.text(limit)) "
            + "(RUNNER_CACHE_LIMIT sets it)")
      }
    }
  }

  /// Begins a pack without examples, also in place of a damaged one.
  private static func begin(
    _ file: LockedFile, _ header: [UInt8], _ layout: PackLayout
  ) throws(FileError) {
    for (attempt, size) in [("empty it", 0), ("set its size", layout.fileBytes)] {
      guard ftruncate(file.descriptor, off_t(size)) == 0 else {
        throw FileError(path: file.path, attempt: attempt, code: errno)
      }
    }
    let code = header.withUnsafeBytes { file.write($0, at: 0) }
    if code != 0 { throw FileError(path: file.path, attempt: "write it", code: code) }
  }

  private static func header(_ key: String, _ layout: PackLayout) -> [UInt8] {
    Array("runner pack 1\nkey \(key)\nexamples \(layout.count)\n".utf8)
  }

  private static func hasHeader(
    _ file: LockedFile, _ header: [UInt8]
  ) throws(FileError) -> Bool {
    let found = UnsafeMutableRawBufferPointer.allocate(byteCount: header.count, alignment: 1)
    defer { found.deallocate() }
    return try file.read(at: 0, into: found) == header.count && found.elementsEqual(header)
  }
}

/// Why decoded inputs cannot be kept.
package enum PackStoreError: Error, Sendable, CustomStringConvertible {
  case largerThanLimit(bytes: Int, limit: Int)
  case unusable(FileError)

  package var description: String {
    switch self {
    case .largerThanLimit(let bytes, let limit):
      "the decoded inputs need \(ByteCount.text(bytes)), more than the cache limit "
        + "(\(ByteCount.text(limit)); RUNNER_CACHE_LIMIT sets it)"
    case .unusable(let error): "\(error)"
    }
  }
}
