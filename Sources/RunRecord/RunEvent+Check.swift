extension EpochRecord: CheckedRecord {
  package func check() throws(RecordProblem) {
    try RecordProblem.require("fold", fold, in: 0...1_000_000)
    try RecordProblem.require("epoch", epoch, in: 1...1_000_000)
  }
}

extension EpochTiming: CheckedRecord {
  package func check() throws(RecordProblem) {
    try RecordProblem.require("fold", fold, in: 0...1_000_000)
    try RecordProblem.require("epoch", epoch, in: 1...1_000_000)
    for (key, value) in [
      ("train_seconds", trainSeconds), ("evaluation_seconds", evaluationSeconds),
      ("examples_per_second", examplesPerSecond),
    ] where !value.isFinite || value < 0 {
      throw RecordProblem(key, "expected a number from 0, found \(value)")
    }
  }
}
