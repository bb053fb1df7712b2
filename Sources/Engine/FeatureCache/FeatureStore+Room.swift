import Files

extension FeatureStore {
  /// The store's files, which count towards its limit.
  var files: CacheFolder {
    CacheFolder(path: folder, limit: limit) { Self.parts($0) != nil }
  }

  /// The key and kind in the name of an entry's file; `nil` for other files.
  static func parts(_ name: String) -> (key: String, kind: Kind)? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, FeatureHeader.isKey(parts[0]),
      let kind = Kind(rawValue: String(parts[1]))
    else { return nil }
    return (String(parts[0]), kind)
  }

  /// Removes unused entries until there is space for `bytes` more; see ``CacheFolder/makeRoom(for:besides:)``.
  /// The folder is locked.
  func makeRoom(for bytes: Int, _ key: String) throws(FeatureStoreError) {
    do throws(CacheFolder.RoomError) {
      try files.makeRoom(for: bytes) { Self.parts($0)?.key == key }
    } catch {
      switch error {
      case .unusable(let error): throw .unusable(error)
      case .noRoom(let bytes, let inUse, let limit):
        throw .noRoom(bytes: bytes, inUse: inUse, limit: limit)
      }
    }
  }
}
