import ExperimentConfig

/// The status of a run as it is now. `run.json` alone does not say it: a process that was killed leaves
/// `running` behind.
package struct RunStatus: Sendable, Equatable {
  /// As in ``RunInfo/Status``.
  package let word: String
  /// Why that is not what `run.json` says, or how sure it is; `nil` if `run.json` is right.
  package let note: String?

  /// - Parameter recorded: what `run.json` says.
  package init(recorded: String, of run: RunDirectory) {
    guard recorded == RunInfo.Status.running.rawValue else {
      (word, note) = (recorded, nil)
      return
    }
    switch RunLock.occupation(of: run) {
    case .somebody: (word, note) = (recorded, nil)
    case .nobody:
      word = RunInfo.Status.interrupted.rawValue
      note = "its process was killed: it is recorded as running, but nothing works on it"
    case .unknown(let words):
      (word, note) = (recorded, "not certain: recorded by \(words)")
    }
  }
}
