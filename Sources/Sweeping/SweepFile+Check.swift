import RunRecord

extension SweepFile: CheckedRecord {
  /// The range of trial numbers; a sweep that is extended repeatedly does not reuse them.
  private static let trialLimit = 1...1_000_000

  package func check() throws(RecordProblem) {
    guard version == 1 else {
      throw RecordProblem("version", "\(version) is from another version of this program")
    }
    if files.isEmpty { throw RecordProblem("files", "contains no experiment") }
    try RecordProblem.require("processors", processors, in: 1...1_000_000)
    if !base.isEmpty { try RecordProblem.requireHexadecimal("base", base) }
    try space.check()
    try strategy.check()
    if objective.key.isEmpty { throw RecordProblem("objective.key", "is empty") }
    try checkTrials()
  }

  private func checkTrials() throws(RecordProblem) {
    let count = space.keys.count
    var numbers: Set<Int> = []
    for (index, trial) in trials.enumerated() {
      let key = "trials.\(index)"
      try RecordProblem.require("\(key).number", trial.number, in: Self.trialLimit)
      guard numbers.insert(trial.number).inserted else {
        throw RecordProblem("\(key).number", "trial \(trial.number) occurs twice")
      }
      guard trial.values.count == count else {
        throw RecordProblem(
          "\(key).values", "expected \(count) values, found \(trial.values.count)")
      }
      // Values that do not make a valid experiment have no configuration to hash.
      if trial.hash != Trial.invalid {
        try RecordProblem.requireHexadecimal("\(key).hash", trial.hash, digits: 8)
      }
    }
  }
}

extension SearchSpace {
  fileprivate func check() throws(RecordProblem) {
    if dimensions.isEmpty { throw RecordProblem("space.dimensions", "is empty") }
    var paths: Set<String> = []
    for (index, dimension) in dimensions.enumerated() {
      let key = "space.dimensions.\(index)"
      if dimension.keys.isEmpty { throw RecordProblem("\(key).keys", "is empty") }
      for (number, name) in dimension.keys.enumerated() {
        if name.path.isEmpty || name.written.isEmpty {
          throw RecordProblem("\(key).keys.\(number)", "has no name")
        }
        guard paths.insert(name.path).inserted else {
          throw RecordProblem(
            "\(key).keys.\(number).path", "'\(name.path.prefix(80))' is swept twice")
        }
      }
      try dimension.checkDomain("\(key).domain")
    }
  }
}

extension SearchSpace.Dimension {
  fileprivate func checkDomain(_ key: String) throws(RecordProblem) {
    switch domain {
    case .values(let rows):
      if rows.isEmpty { throw RecordProblem(key, "has no values") }
      guard rows.count <= 1_000_000 else {
        throw RecordProblem(key, "has \(rows.count) values, more than a sweep can have")
      }
      for (number, row) in rows.enumerated() where row.count != keys.count {
        throw RecordProblem(
          "\(key).\(number)", "expected \(keys.count) values, found \(row.count)")
      }
    case .uniform(let low, let high), .logUniform(let low, let high):
      guard low.isFinite, high.isFinite, low < high, (high - low).isFinite else {
        throw RecordProblem(key, "is not a range from a smaller to a larger number")
      }
      if case .logUniform = domain, low <= 0 {
        throw RecordProblem(key, "a logarithmic range must start above 0, found \(low)")
      }
      guard keys.count == 1 else { throw RecordProblem(key, "is drawn for several keys") }
      // Draws are rounded to 64-bit integers.
      if isInteger, max(abs(low), abs(high)) > 0x1p62 {
        throw RecordProblem(key, "contains numbers too large for integers")
      }
    }
  }
}

extension Strategy {
  fileprivate func check() throws(RecordProblem) {
    try RecordProblem.require("strategy.maxTrials", maxTrials, in: 0...1_000_000)
    try RecordProblem.require("strategy.minEpochs", minEpochs, in: 1...(1 << 31))
    try RecordProblem.require("strategy.reduction", reduction, in: 2...(1 << 31))
  }
}
