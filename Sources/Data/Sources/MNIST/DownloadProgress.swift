import DataSchema
import Downloads
import ExperimentConfig

/// Progress of finding and downloading a data set; the description is for users.
package enum DownloadProgress: Hashable, Sendable, CustomStringConvertible {
  /// `$RUNNER_DATA` names something that is not a folder; the search continues without it.
  case noDataFolder(String)
  /// A file in the cache is damaged and will be downloaded again.
  case damaged(DataError)
  /// Another process is downloading and holds the lock file `lock`.
  case waiting(lock: String)
  /// A download of `file` from `url` starts or resumes.
  case started(file: String, url: String)
  /// `bytes` of `file` have arrived, of `total` if the server announced the size.
  case received(file: String, bytes: Int, total: Int?)
  /// This many digits are being drawn.
  case drawing(Int)
  /// `url` did not deliver the file; the next mirror is tried, or the same one again.
  case failed(url: String, reason: String)

  package var description: String {
    switch self {
    case .noDataFolder(let path): "\(path): RUNNER_DATA is set to this, which is not a folder"
    case .damaged(let error): "\(error); it will be downloaded again"
    case .waiting(let lock): "\(TransferProgress.waiting(lock: lock))"
    case .started(let file, let url): "\(TransferProgress.started(file: file, url: url))"
    case .received(let file, let bytes, let total):
      "\(TransferProgress.received(file: file, bytes: bytes, total: total))"
    case .drawing(let count): "drawing \(NumberText.grouped(count)) digits, once"
    case .failed(let url, let reason): "\(TransferProgress.failed(url: url, reason: reason))"
    }
  }

  init(_ progress: TransferProgress) {
    switch progress {
    case .waiting(let lock): self = .waiting(lock: lock)
    case .started(let file, let url): self = .started(file: file, url: url)
    case .received(let file, let bytes, let total):
      self = .received(file: file, bytes: bytes, total: total)
    case .failed(let url, let reason): self = .failed(url: url, reason: reason)
    }
  }
}
