import Diagnostics
import RunRecord

/// How the process of a trial ended.
package enum TrialEnding: Sendable, Equatable, CustomStringConvertible {
  case exited(Int32)
  case signaled(Int32)
  /// The exit code is unknown, for the given reason.
  case lost(String)

  /// The exit code of a `runner resume` that finished.
  package static let done = TrialEnding.exited(0)
  package static let interrupted = TrialEnding.exited(ExitStatus.resumable)

  /// Whether retrying makes sense, because the trial did not end by its own decision.
  package var isCrash: Bool {
    switch self {
    case .exited: false
    case .signaled, .lost: true
    }
  }

  /// Whether a trial's process may end like this after a user's Ctrl-C: it exits early or late, or
  /// is killed.
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
    case .signaled(let signal): "was terminated by signal \(signal)"
    case .lost(let reason): reason
    }
  }
}

/// Runs the trials of a sweep, on this machine or on a cluster.
package protocol TrialLauncher: Sendable {
  /// The maximum number of concurrent trials.
  var capacity: Int { get }

  /// Continues a prepared trial to its end, or to the end of an epoch, and returns when its process
  /// has ended. If a process of an earlier sweep is still working on the trial, waits for it.
  ///
  /// - Parameters:
  ///   - run: the trial's directory.
  ///   - log: the path of the log that receives the output of the process.
  /// - Throws: ``InputError`` if no trial can be started at all.
  func run(_ run: RunDirectory, untilEpoch: Int?, log: String) async throws -> TrialEnding

  /// Handles a user's interrupt. Trials on this machine are interrupted, the second time killed;
  /// those on a cluster continue. ``run(_:untilEpoch:log:)`` then returns.
  func interrupt()
}
