import ExperimentConfig

extension RunInfo: CheckedRecord {
  /// The same range as `threads` in an experiment.
  package static let threadLimit = 1...1024
  /// The range of fold and seed numbers: up to 1000 folds in 1000 repeats.
  static let partLimit = 1...1_000_000

  package func check() throws(RecordProblem) {
    if let format, format > Self.format {
      throw RecordProblem(
        "format", "\(format) is from a later version; this one reads formats 1 and \(Self.format)")
    }
    try RecordProblem.requireHexadecimal("identity", identity)
    if seed > Experiment.largestSeed {
      throw RecordProblem("seed", "\(seed) is larger than \(Experiment.largestSeed)")
    }
    try RecordProblem.require("threads", threads, in: Self.threadLimit)
    try RecordProblem.require("fold", fold, in: Self.partLimit)
    try RecordProblem.require("repetition", repetition, in: Self.partLimit)
    if fold != nil, repetition != nil {
      throw RecordProblem(
        "repetition", "a training is either one of several folds or one of several seeds")
    }
    try checkDevice()
    if let precision, Precision(rawValue: precision) == nil {
      let known = Precision.allCases.map(\.rawValue).joined(separator: ", ")
      throw RecordProblem("precision", "'\(precision)' is not one of \(known)")
    }
    try dataset.check("dataset")
    try RecordProblem.requireHexadecimal("weights.sha256", weights?.sha256)
    if let weights, weights.path != nil, weights.sha256 == nil {
      throw RecordProblem("weights.sha256", "is missing")
    }
    for (index, file) in (files ?? []).enumerated() {
      try RecordProblem.requireHexadecimal("files.\(index).sha256", file.sha256)
    }
    try checkIdentity()
    try RecordProblem.requireHexadecimal("manifest", manifest)
    if let parent {
      try RecordProblem.requireHexadecimal("parent.identity", parent.identity)
      try RecordProblem.require("parent.epochs", parent.epochs, in: 0...1_000_000)
    }
  }

  private func checkDevice() throws(RecordProblem) {
    if ["cpu", "mps"].contains(device) { return }
    guard device.hasPrefix("cuda:"), let number = Int(device.dropFirst(5)), number >= 0,
      number < 1024
    else { throw RecordProblem("device", "'\(device)' is not cpu, mps or cuda:N") }
  }

  private func checkIdentity() throws(RecordProblem) {
    guard let parts = identifiedBy else { return }
    do {
      if try Identity(parts).hex == identity { return }
    } catch {
      throw RecordProblem("identified_by", "cannot be hashed: \(error)")
    }
    throw RecordProblem(
      "identity", "does not match 'identified_by'; one of the two was edited")
  }
}

extension RunInfo.Dataset {
  fileprivate func check(_ key: String) throws(RecordProblem) {
    for (index, file) in files.enumerated() {
      try RecordProblem.requireHexadecimal("\(key).files.\(index).sha256", file.sha256)
      if file.path.isEmpty || file.path.utf8.contains(0) {
        throw RecordProblem("\(key).files.\(index).path", "is not the path of a file")
      }
    }
    if let sha256, sha256 != ownHash {
      throw RecordProblem(
        key, "'requested', 'used' or 'fingerprint' was edited: they do not match 'sha256'")
    }
  }
}
