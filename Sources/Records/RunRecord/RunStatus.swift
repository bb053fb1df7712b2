import ExperimentConfig

/// The current status of a run. `run.json` alone is not enough, because a killed process leaves it
/// at `running`.
package struct RunStatus: Sendable, Equatable {
  /// As in ``RunInfo/Status``.
  package let word: String
  /// Why that differs from `run.json`, or how certain it is; `nil` if `run.json` is right.
  package let note: String?

  /// - Parameter recorded: the status in `run.json`.
  package init(recorded: String, of run: RunDirectory) {
    guard recorded == RunInfo.Status.running.rawValue else {
      (word, note) = (recorded, nil)
      return
    }
    switch RunLock.occupation(of: run) {
    case .somebody: (word, note) = (recorded, nil)
    case .nobody:
      word = RunInfo.Status.interrupted.rawValue
      note = "its process was killed: it is recorded as running, but no process is working on it"
    case .unknown(let words):
      (word, note) = (recorded, "not certain: recorded by \(words)")
    }
  }
}
