import Diagnostics
import RunRecord

/// How the process of a trial ended.
package enum TrialEnding: Sendable, Equatable {
  case exited(Int32)
  case signaled(Int32)
  /// Nobody knows the code, and why.
  case lost(String)

  /// What the exit codes of `runner resume` mean.
  package static let done = TrialEnding.exited(0)
  package static let interrupted = TrialEnding.exited(ExitStatus.resumable)

  /// Whether trying again is worth it: the trial did not end by its own decision.
  package var isCrash: Bool {
    switch self {
    case .exited: false
    case .signaled, .lost: true
    }
  }

  /// What a person's Ctrl-C makes of a trial's process: it ends by itself, early or late, or is killed.
  var isInterruption: Bool {
    switch self {
    case .exited(let code): code == ExitStatus.resumable || code == ExitStatus.interrupted
    case .signaled: true
    case .lost: false
    }
  }

  package var inWords: String {
    switch self {
    case .exited(let code): "ended with code \(code)"
    case .signaled(9): "was killed (signal 9), perhaps for want of memory"
    case .signaled(let signal): "was ended by signal \(signal)"
    case .lost(let reason): reason
    }
  }
}

/// Where the trials of a sweep are computed: on this machine, or on a cluster.
package protocol TrialLauncher: Sendable {
  /// How many trials it takes at the same time.
  var capacity: Int { get }

  /// Carries a prepared trial on to its end, or to the end of an epoch, and returns when its process
  /// has ended. A trial that a process of an earlier sweep still works on is waited for.
  ///
  /// - Parameters:
  ///   - run: the trial's directory.
  ///   - log: gets what the process writes.
  /// - Throws: ``InputError`` where no trial can be started at all.
  func run(_ run: RunDirectory, untilEpoch: Int?, log: String) async throws -> TrialEnding

  /// A person wants the end. Trials on this machine are told so, once politely and then without a
  /// choice; those of a cluster go on without us. ``run(_:untilEpoch:log:)`` then returns.
  func interrupt()
}
