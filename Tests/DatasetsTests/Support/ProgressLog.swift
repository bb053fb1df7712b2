import Datasets
import Synchronization

/// Collects what a search or a download reports.
final class ProgressLog: Sendable {
  private let state = Mutex<[DownloadProgress]>([])

  var events: [DownloadProgress] { state.withLock { $0 } }

  func add(_ event: DownloadProgress) { state.withLock { $0.append(event) } }
}
