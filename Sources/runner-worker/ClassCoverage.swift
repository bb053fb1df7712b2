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
    return data.measured.flatMap { name, images, indices in
      untrained.warnings(name, images.labels, indices, fold: fold)
    }
  }
}
