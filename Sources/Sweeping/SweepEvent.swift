/// What a sweep tells whoever watches it.
package enum SweepEvent: Sendable {
  /// A trial's process is being started, or looked for.
  case started(SweepFile.Trial, untilEpoch: Int?)
  /// A finished run with the same identity stands in for the trial.
  case taken(SweepFile.Trial, from: String)
  /// The trial's process has ended and the results are written.
  case ended(SweepFile.Trial, TrialDirectory, TrialEnding)
  /// The trial will not be tried again now.
  case gaveUp(SweepFile.Trial, reason: String)
  /// A trial of an adaptive strategy has its values.
  case proposed(SweepFile.Trial)
}

/// How a sweep ended.
package struct SweepOutcome: Sendable {
  package enum Ending: Sendable, Equatable {
    /// Everything that was asked for has been done, as far as it could be.
    case done
    /// A person stopped it.
    case interrupted
  }

  package var ending: Ending
  /// By trial: why it has no result.
  package var failures: [(trial: SweepFile.Trial, reason: String, code: Int32)]
  /// How many trials this call finished or carried on.
  package var worked: Int
}
