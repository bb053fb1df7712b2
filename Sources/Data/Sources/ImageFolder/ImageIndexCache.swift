import DataSchema
import Files
import FoundationEssentials

/// Finds the index of a folder or archive in the cache, or builds it.
struct ImageIndexCache: Sendable {
  let folder: IndexFolder
  let memory: IndexMemory<String, ImageIndex>
  let progress: DataEnvironment.Progress

  init(_ environment: DataEnvironment) {
    folder = IndexFolder(environment)
    memory = environment.indexes
    progress = environment.progress
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
    let earlier = folder.read(key, stamp: stamp?.text ?? "folder").flatMap { ImageIndex($0) }
    // An archive that has not changed holds the same files.
    if let earlier, stamp != nil { return earlier }
    let index = try ImageIndex.build(
      ImageFiles(path), decodes: decodes, earlier: earlier,
      threads: ProcessInfo.processInfo.activeProcessorCount, progress: progress)
    if index != earlier {
      folder.write(key, stamp: stamp?.text ?? "folder") { try index.encoded() }
    }
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
    let stamp = FileStamp(files.path)?.text ?? "folder"
    let key = Digest.hex(of: "image list 1\n\(decodes)\n\(owner)\n\(files.path)\n".utf8)
    let earlier = folder.read(key, stamp: stamp).flatMap { ImageIndex($0) }
    let index = try ImageIndex.build(
      listed: list, in: files, decodes: decodes, earlier: earlier,
      threads: ProcessInfo.processInfo.activeProcessorCount, progress: progress)
    if index != earlier { folder.write(key, stamp: stamp) { try index.encoded() } }
    return index
  }
}
