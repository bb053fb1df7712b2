import Diagnostics
import RunRecord

/// Records the end of a run that an error interrupted.
enum RunEnding {
  /// Records the error as the end of the run, unless an end is already recorded.
  static func record(_ error: any Error, in run: RunDirectory) throws {
    var info = try run.readInfo()
    guard info.status == .running || info.status == .queued else { return }
    if isInterruption(error) {
      info.status = .interrupted
      info.failure = "interrupted"
    } else {
      info.status = .failed
      info.failure =
        (error as? InputError)?.diagnostics.map(\.message).joined(separator: "\n") ?? "\(error)"
    }
    info.ended = UTCTime.iso(UTCTime.now())
    try run.write(json: info, to: "run.json")
  }

  private static func isInterruption(_ error: any Error) -> Bool {
    if error is CancellationError || error is WorkerKilled { return true }
    guard let code = (error as? QuietExit)?.status else { return false }
    return code == ExitStatus.interrupted || code == ExitStatus.resumable
  }
}
