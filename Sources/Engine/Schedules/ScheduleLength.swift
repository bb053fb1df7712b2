import Diagnostics

/// The length of a schedule compared with that of the training.
struct ScheduleLength {
  let interval: Interval
  /// Intervals in the training; `nil` as long as the number of its steps is unknown.
  let all: Int?

  init(_ training: TrainingFacts, in interval: Interval) {
    self.interval = interval
    all = interval == .epoch || training.knowsSteps ? training.count(of: interval) : nil
  }

  /// Whether `end` is before the end of training by more than a tenth of it and by more than one interval.
  func isWellBefore(_ end: Int) -> Bool { all.map { $0 - end > max(1, $0 / 10) } ?? false }

  /// Whether `end` is after the end of training by more than a tenth of it and by more than one interval.
  func isWellAfter(_ end: Int) -> Bool { all.map { end - $0 > max(1, $0 / 10) } ?? false }

  /// Whether training ends before `end` intervals.
  func isNeverReached(_ end: Int) -> Bool { all.map { end >= $0 } ?? false }

  /// `1 epoch`, `50 epochs`.
  func text(_ count: Int) -> String { "\(count) \(interval.rawValue)\(count == 1 ? "" : "s")" }

  /// `the training has 50 epochs`.
  var trainingText: String { "the training has \(text(all ?? 0))" }

  /// Suggests `interval: step` if a length in epochs exceeds the training; otherwise `nil`.
  func hint(_ argument: String, _ end: Int) -> String? {
    guard let all, interval == .epoch, end > all else { return nil }
    return "'\(argument)' counts epochs; with interval: step it counts steps"
  }
}
