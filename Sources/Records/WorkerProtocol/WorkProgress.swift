/// How far a step has come that takes longer than a second, such as reading the headers of image files.
package struct WorkProgress: Codable, Sendable, Equatable {
  /// What `done` and `total` count.
  package enum Unit: String, Codable, Sendable { case items, bytes }

  /// What is being done, for example `reading images`.
  package var step: String
  package var done: Int
  /// 0 if unknown.
  package var total: Int
  package var unit: Unit
  /// How much was done when the step began, for example by an earlier download.
  package var first: Int
  /// Since the step began.
  package var seconds: Double

  package init(
    _ step: String, done: Int, total: Int, unit: Unit = .items, first: Int = 0, seconds: Double
  ) {
    self.step = step
    self.done = done
    self.total = total
    self.unit = unit
    self.first = first
    self.seconds = seconds
  }

  /// Whether nothing is left.
  package var isFinished: Bool { total > 0 && done >= total }

  /// The estimated seconds until the end, at the mean speed so far; `nil` if unknown.
  package var secondsLeft: Double? {
    guard total > 0, done > first else { return nil }
    return seconds / Double(done - first) * Double(max(total - done, 0))
  }
}
