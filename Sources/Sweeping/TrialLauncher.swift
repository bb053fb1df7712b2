import Diagnostics
import RunRecord

/// How the process of a trial ended.
package enum TrialEnding: Sendable, Equatable, CustomStringConvertible {
  case exited(Int32)
  case signaled(Int32)
  /// The exit code is unknown, for this reason.
  case lost(String)

  /// The meaning of the exit codes of `runner resume`.
  package static let done = TrialEnding.exited(0)
  package static let interrupted = TrialEnding.exited(ExitStatus.resumable)

  /// Whether retrying makes sense: the trial did not end by its own decision.
  package var isCrash: Bool {
    switch self {
    case .exited: false
    case .signaled, .lost: true
    }
  }

  /// How a trial's process ends after a user's Ctrl-C: it exits early or late, or is killed.
  var isInterruption: Bool {
    switch self {
    case .exited(let code): code == ExitStatus.resumable || code == ExitStatus.interrupted
    case .signaled: true
    case .lost: false
    }
  }

  package var description: String {
    switch self {
    case .exited(let code): "ended with code \(code)"
    case .signaled(9): "was killed (signal 9), perhaps because memory ran out"
    case .signaled(let signal): "was ended by signal \(signal)"
    case .lost(let reason): reason
    }
  }
}

/// Where the trials of a sweep run: on this machine, or on a cluster.
package protocol TrialLauncher: Sendable {
  /// How many trials it runs at the same time.
  var capacity: Int { get }

  /// Continues a prepared trial to its end, or to the end of an epoch, and returns when its process has
  /// ended. If a process of an earlier sweep still works on the trial, waits for it.
  ///
  /// - Parameters:
  ///   - run: the trial's directory.
  ///   - log: receives the output of the process.
  /// - Throws: ``InputError`` if no trial can be started at all.
  func run(_ run: RunDirectory, untilEpoch: Int?, log: String) async throws -> TrialEnding

  /// A user interrupts the sweep. Trials on this machine are interrupted, the second time killed; those of a
  /// cluster continue. ``run(_:untilEpoch:log:)`` then returns.
  func interrupt()
}
