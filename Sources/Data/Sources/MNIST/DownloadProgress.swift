import DataSchema
import Downloads

/// What happens while a data set is looked for and downloaded; the description is for a person.
package enum DownloadProgress: Hashable, Sendable, CustomStringConvertible {
  /// `$RUNNER_DATA` names something that is not a folder; the search continues without it.
  case noDataFolder(String)
  /// A file in the cache is damaged and will be downloaded again.
  case damaged(DataError)
  /// Another process is downloading; its lock is the file named.
  case waiting(lock: String)
  /// A transfer of `file` from `url` begins or resumes.
  case started(file: String, url: String)
  /// `bytes` of `file` are here, of `total` where the server said how many there are.
  case received(file: String, bytes: Int, total: Int?)
  /// The digits are being drawn, this many.
  case drawing(Int)
  /// `url` did not give the file; the next mirror is tried, or the same one again.
  case failed(url: String, reason: String)

  package var description: String {
    switch self {
    case .noDataFolder(let path): "\(path): RUNNER_DATA names this, which is not a folder"
    case .damaged(let error): "\(error); it will be downloaded again"
    case .waiting(let lock): "\(TransferProgress.waiting(lock: lock))"
    case .started(let file, let url): "\(TransferProgress.started(file: file, url: url))"
    case .received(let file, let bytes, let total):
      "\(TransferProgress.received(file: file, bytes: bytes, total: total))"
    case .drawing(let count): "drawing \(count) digits, once"
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
