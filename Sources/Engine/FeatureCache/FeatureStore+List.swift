import Files
import Glibc

/// An entry of a store, for listings.
package struct FeatureEntryInfo: Sendable, Equatable {
  package let key: String
  package let bytes: Int
  /// 0 if the header cannot be read.
  package let rows: Int
  package let width: Int
  /// Seconds since 1970; `nil` if the header cannot be read.
  package let created: Int?
  /// Seconds since 1970.
  package let lastUsed: Int
  /// `nil` if the header cannot be read.
  package let description: FeatureDescription?
  /// Whether a running process reads or fills it.
  package let isInUse: Bool
  /// Whether it is incomplete: being filled, or left over from an interrupted fill.
  package let isPartial: Bool
}

extension FeatureStore {
  /// All entries, the most recently used first; values are not verified.
  ///
  /// - Throws: ``FeatureStoreError/unusable(_:)``
  package func list() throws(FeatureStoreError) -> [FeatureEntryInfo] {
    let files = try Self.unusable { () throws(FileError) in try self.files.scan() }
    var entries: [FeatureEntryInfo] = []
    for file in files.reversed() {
      if let info = info(file) { entries.append(info) }
    }
    return entries
  }

  /// - Returns: `nil` if the file has just been removed or completed.
  private func info(_ file: CacheFolder.Entry) -> FeatureEntryInfo? {
    guard let (key, kind) = Self.parts(file.name) else { return nil }
    // A file that cannot be opened still takes space, so it is listed without its description.
    let opened = Result { () throws(FileError) in try files.open(file) }
    var header: FeatureHeader?
    var isInUse = false
    if case .success(let lock) = opened {
      guard let lock else { return nil }
      header = (try? FeatureFile.header(of: lock, key: key)) ?? nil
      isInUse = (try? lock.tryLock(.exclusive)) == false
    }
    return FeatureEntryInfo(
      key: key, bytes: file.bytes, rows: header?.layout.rows ?? 0,
      width: header?.layout.width ?? 0, created: header?.created, lastUsed: file.used.seconds,
      description: header?.description, isInUse: isInUse, isPartial: kind == .partial)
  }

  /// The result of ``clear(where:)``.
  package struct Clearance: Sendable, Equatable {
    package var removed: [FeatureEntryInfo] = []
    /// Selected entries that are in use by running processes.
    package var inUse: [FeatureEntryInfo] = []

    package var freedBytes: Int { removed.reduce(0) { $0 + $1.bytes } }
  }

  /// Removes the entries that satisfy `isChosen`, except those in use by running processes. Other files in
  /// the folder are not touched.
  package func clear(
    where isChosen: (FeatureEntryInfo) -> Bool = { _ in true }
  ) throws(FeatureStoreError) -> Clearance {
    var result = Clearance()
    let files = try Self.unusable { () throws(FileError) in try self.files.scan() }
    if files.isEmpty { return result }
    try withFolderLock { () throws(FeatureStoreError) in
      for file in files {
        guard let info = info(file), isChosen(info) else { continue }
        if try Self.unusable({ () throws(FileError) in try self.files.removeIfIdle(file) }) {
          result.removed.append(info)
        } else {
          result.inUse.append(info)
        }
      }
    }
    return result
  }
}
