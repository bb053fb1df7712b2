import Datasets
import ExperimentConfig
import FeatureCache
import Files
import FoundationEssentials
import RunRecord

/// The cached features of frozen layers of this user's runs.
package struct UserFeatures {
  private let store: FeatureStore

  package var folder: String { store.folder }
  /// The size limit of the cache in bytes.
  package var limit: Int { store.limit }

  /// - Throws: ``FileError`` if the environment defines no cache folder, or an invalid limit.
  package init(
    environment variables: [String: String] = ProcessInfo.processInfo.environment
  ) throws(FileError) {
    let environment = DataEnvironment(
      variables: variables, workingDirectory: PathResolution.workingDirectory)
    guard let folder = environment.cacheFolder else {
      throw FileError(
        path: "RUNNER_CACHE", reason: "is not set, and neither are XDG_CACHE_HOME and HOME")
    }
    store = FeatureStore(folder: folder + "/features", limit: try CacheLimit.bytes(variables))
  }

  /// The entries, most recently used first.
  ///
  /// - Throws: ``FileError`` if they cannot be listed.
  package func entries() throws -> [FeatureEntryInfo] {
    try Self.withFileErrors { () throws(FeatureStoreError) in try store.list() }
  }

  /// Removes entries that no run is using.
  ///
  /// - Parameters:
  ///   - keys: prefixes of keys; empty for all entries.
  ///   - seconds: removes only entries unused for this long; `nil` for any time.
  /// - Throws: ``FileError``, also if no entry matches a key.
  package func clear(
    keys: [String], unusedForSeconds seconds: Int?
  ) throws -> FeatureStore.Clearance {
    let now = UTCTime.now()
    let entries = try entries()
    if let key = keys.first(where: { key in !entries.contains { $0.key.hasPrefix(key) } }) {
      throw FileError(path: folder, reason: "no entry has a key that begins with '\(key)'")
    }
    return try Self.withFileErrors { () throws(FeatureStoreError) in
      try store.clear { entry in
        if let seconds, now - entry.lastUsed < seconds { return false }
        return keys.isEmpty || keys.contains { entry.key.hasPrefix($0) }
      }
    }
  }

  /// Runs `body`, rethrowing its file errors as such.
  private static func withFileErrors<Value>(
    _ body: () throws(FeatureStoreError) -> Value
  ) throws -> Value {
    do throws(FeatureStoreError) {
      return try body()
    } catch .unusable(let error) {
      throw error
    }
  }
}
