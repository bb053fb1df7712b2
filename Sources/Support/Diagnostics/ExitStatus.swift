/// The exit statuses of the command-line programs.
package enum ExitStatus {
  /// The runs differ, or the result was not reproduced: a negative answer rather than a failure.
  package static let answerIsNo: Int32 = 1
  package static let wrongInput: Int32 = 2
  package static let wrongUsage: Int32 = 64
  package static let programFault: Int32 = 70
  /// Interrupted, or a worker was killed; `runner resume`, or the same `runner sweep`, continues.
  package static let resumable: Int32 = 75
  /// 128 + SIGINT, as shells report it.
  package static let interrupted: Int32 = 130
}
