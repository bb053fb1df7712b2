import Datasets
import Diagnostics
import ExampleStore
import ExperimentConfig
import FeatureCache
import Files
import FoundationEssentials
import Logging
import Planning
import Training
import WorkerProtocol

/// What a job keeps in the cache for epochs, folds, later runs and other processes.
struct JobStores: Sendable {
  private let output: EventOutput
  private let log: Logger

  init(output: EventOutput, log: Logger) {
    self.output = output
    self.log = log
  }

  /// The outputs of frozen layers; `nil` if there is no folder for them.
  func features() throws -> FeatureStore? {
    try folder.map { FeatureStore(folder: "\($0)/features", limit: try limit()) }
  }

  /// How examples are read.
  func loading() throws -> ExampleLoading {
    var loading = ExampleLoading()
    loading.store = try folder.map { PackStore(folder: "\($0)/images", limit: try limit()) }
    loading.warn = { warn($0) }
    return loading
  }

  func warn(_ text: String) {
    log.warning("\(text)")
    // If nobody reads the output any more, the next event ends the job.
    try? output.send(.warning(text))
  }

  private var folder: String? {
    DataEnvironment(
      variables: ProcessInfo.processInfo.environment,
      workingDirectory: PathResolution.workingDirectory
    ).cacheFolder
  }

  private func limit() throws -> Int {
    try CacheLimit.bytes(ProcessInfo.processInfo.environment)
  }
}
