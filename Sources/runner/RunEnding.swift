import ArgumentParser
import Diagnostics
import RunRecord

/// How a run ended that an error kept from its usual end.
enum RunEnding {
  /// Records the error as the end of a run, unless one is recorded.
  static func record(_ error: any Error, in run: RunDirectory) throws {
    var info = try run.readInfo()
    guard info.status == .running || info.status == .queued else { return }
    switch error {
    case let code as ExitCode
    where [CommandFailure.interrupted, CommandFailure.resumable]
      .contains(code.rawValue), is CancellationError:
      info.status = .interrupted
      info.failure = "interrupted"
    case let error as InputError:
      info.status = .failed
      info.failure = error.diagnostics.map(\.message).joined(separator: "\n")
    default:
      info.status = .failed
      info.failure = "\(error)"
    }
    info.ended = UTCTime.iso(UTCTime.now())
    try run.write(json: info, to: "run.json")
  }
}
