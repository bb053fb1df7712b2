import ArgumentParser
import Datasets
import ExperimentConfig
import FeatureCache
import Files
import FoundationEssentials

/// What frozen layers computed, as it lies on this machine.
struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache", abstract: "Lists or clears the features that frozen layers computed.",
    discussion: """
      The outputs of frozen layers are computed once and kept for later runs in \
      $RUNNER_CACHE/features. $RUNNER_CACHE_LIMIT (20GB where it is not set) says how much is kept; \
      what was used least recently goes first.
      """,
    subcommands: [CacheListCommand.self, CacheClearCommand.self],
    defaultSubcommand: CacheListCommand.self)

  /// The store of this user.
  static func store() throws(FileError) -> FeatureStore {
    let variables = ProcessInfo.processInfo.environment
    let environment = DataEnvironment(
      variables: variables, workingDirectory: PathResolution.workingDirectory)
    guard let folder = environment.cacheFolder else {
      throw FileError(
        path: "RUNNER_CACHE", reason: "is not set, and neither are XDG_CACHE_HOME and HOME")
    }
    return FeatureStore(folder: folder + "/features", limit: try CacheLimit.bytes(variables))
  }

  /// Runs `body`, with the errors of files as such.
  static func withFileErrors<Value>(_ body: () throws(FeatureStoreError) -> Value) throws -> Value {
    do throws(FeatureStoreError) {
      return try body()
    } catch .unusable(let error) {
      throw error
    }
  }
}
