import DataSchema
import Files
import FoundationEssentials
import Glibc

/// Finds the index of a folder or archive in the cache, or builds it.
struct ImageIndexCache: Sendable {
  /// Where indexes are kept; `nil` if there is no cache.
  let folder: String?
  let memory: IndexMemory<String, ImageIndex>

  init(_ environment: DataEnvironment) {
    folder = environment.cacheFolder.map { $0 + "/indexes" }
    memory = environment.indexes
  }

  /// The index of the images at `path`.
  ///
  /// - Parameter decodes: whether every image has to be decoded once.
  /// - Throws: ``DataError`` as ``ImageIndex/build(_:decodes:earlier:threads:)``.
  func index(_ path: String, decodes: Bool) throws(DataError) -> ImageIndex {
    try memory.index("\(decodes) \(path)") { () throws(DataError) in
      try load(path, decodes: decodes)
    }
  }

  private func load(_ path: String, decodes: Bool) throws(DataError) -> ImageIndex {
    let stamp = FileStamp(path)
    let key = Digest.hex(of: "image index 1\n\(decodes)\n\(path)\n".utf8)
    let file = folder.map { "\($0)/\(key)-\(stamp?.text ?? "folder").index" }
    let earlier = file.flatMap(Self.read)
    // An archive that has not changed holds the same files.
    if let earlier, stamp != nil { return earlier }
    let index = try ImageIndex.build(
      ImageFiles(path), decodes: decodes, earlier: earlier,
      threads: ProcessInfo.processInfo.activeProcessorCount)
    if let file, index != earlier { write(index, to: file, replacing: "\(key)-") }
    return index
  }

  /// The index of some files; those that have not changed since the last time are not read again.
  ///
  /// - Parameters:
  ///   - list: files of `files`, each once.
  ///   - owner: the file that names them, which has an index of its own.
  func index(
    _ list: [ListedFile], of owner: String, in files: ImageFiles, decodes: Bool
  ) throws(DataError) -> ImageIndex {
    let stamp = FileStamp(files.path)
    let key = Digest.hex(of: "image list 1\n\(decodes)\n\(owner)\n\(files.path)\n".utf8)
    let file = folder.map { "\($0)/\(key)-\(stamp?.text ?? "folder").index" }
    let earlier = file.flatMap(Self.read)
    let index = try ImageIndex.build(
      listed: list, in: files, decodes: decodes, earlier: earlier,
      threads: ProcessInfo.processInfo.activeProcessorCount)
    if let file, index != earlier { write(index, to: file, replacing: "\(key)-") }
    return index
  }

  private static func read(_ path: String) -> ImageIndex? {
    // What cannot be read is built again.
    guard let bytes = try? FileReading.bytes(of: path, limit: 1 << 32) else { return nil }
    return ImageIndex(bytes)
  }

  /// Keeps an index for later commands.
  private func write(_ index: ImageIndex, to path: String, replacing prefix: String) {
    guard let folder else { return }
    do {
      try AtomicFile.createFolder(folder)
      for name in try FolderListing.names(in: folder) ?? [] where name.hasPrefix(prefix) {
        if "\(folder)/\(name)" != path { unlink("\(folder)/\(name)") }
      }
      try AtomicFile.write(try index.encoded(), to: path)
    } catch {
      // Without a place to write to, the index is built again next time; no result depends on it.
    }
  }
}
