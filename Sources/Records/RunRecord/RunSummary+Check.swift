extension RunSummary: CheckedRecord {
  private static let epochLimit = 0...1_000_000
  private static let countLimit = 0...(1 << 48)

  package func check() throws(RecordProblem) {
    try RecordProblem.require("epochs", epochs, in: Self.epochLimit)
    try RecordProblem.require("best_epoch", bestEpoch, in: 0...epochs)
    try RecordProblem.require("parameters.total", parameters.total, in: Self.countLimit)
    try RecordProblem.require(
      "parameters.trainable", parameters.trainable, in: 0...parameters.total)
    try RecordProblem.require("examples.train", examples?.train, in: Self.countLimit)
    try RecordProblem.require("examples.validation", examples?.validation, in: Self.countLimit)
    try RecordProblem.require("examples.test", examples?.test, in: Self.countLimit)
    for (split, values) in (intervals ?? [:]).sorted(by: { $0.key < $1.key }) {
      for (key, ends) in values.sorted(by: { $0.key < $1.key }) where ends.count != 2 {
        throw RecordProblem(
          "intervals.\(split).\(key)", "expected two numbers, found \(ends.count)")
      }
    }
    for (name, parts) in [("folds", folds), ("seeds", seeds)] {
      for (index, part) in (parts ?? []).enumerated() {
        let key = "\(name).\(index)"
        try RecordProblem.require("\(key).epochs", part.epochs, in: Self.epochLimit)
        try RecordProblem.require("\(key).best_epoch", part.bestEpoch, in: 0...part.epochs)
        try RecordProblem.require("\(key).train_examples", part.trainExamples, in: Self.countLimit)
        try RecordProblem.require(
          "\(key).validation_examples", part.validationExamples, in: Self.countLimit)
        try RecordProblem.require("\(key).fold", part.fold, in: 1...1_000_000)
        try RecordProblem.require("\(key).repeat", part.repeat, in: 1...1_000_000)
      }
    }
  }
}
