import Datasets

/// Classes that the model of a job is measured on without being trained on them.
struct ClassCoverage {
  private let data: JobData
  private let fold: Int?

  init(_ data: JobData, fold: Int?) {
    self.data = data
    self.fold = fold
  }

  /// What a person must know before the training starts, one sentence for each set of examples.
  func warnings() -> [String] {
    let untrained = UntrainedClasses(trainedOn: data.train.labels, data.trainIndices)
    let place = fold.map { "fold \($0): " } ?? ""
    return [
      untrained.warning("validation", data.train.labels, data.validationIndices),
      untrained.warning("inner validation", data.train.labels, data.innerIndices),
      untrained.warning("test", data.test.labels, Array(0..<data.test.count)),
    ].compactMap { $0.map { place + $0 } }
  }
}
