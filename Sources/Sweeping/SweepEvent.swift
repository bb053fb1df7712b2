/// The events of a sweep.
package enum SweepEvent: Sendable {
  /// A trial's process is being started, or has been found.
  case started(SweepFile.Trial, untilEpoch: Int?)
  /// A finished run with the same identity is reused as the trial.
  case taken(SweepFile.Trial, from: String)
  /// The trial's process has ended and the results are written.
  case ended(SweepFile.Trial, TrialDirectory, TrialEnding)
  /// The trial will not be retried in this call.
  case gaveUp(SweepFile.Trial, reason: String)
  /// An adaptive strategy has proposed a trial's values.
  case proposed(SweepFile.Trial)
}

/// How a sweep ended.
package struct SweepOutcome: Sendable {
  package enum Ending: Sendable, Equatable {
    /// Everything possible has been done.
    case done
    /// A user stopped it.
    case interrupted
  }

  package var ending: Ending
  /// The trials without a result, with the reasons.
  package var failures: [(trial: SweepFile.Trial, reason: String, code: Int32)]
  /// The number of trials that this call finished or continued.
  package var worked: Int
}
