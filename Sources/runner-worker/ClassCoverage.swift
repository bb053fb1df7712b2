import DataSchema
import Datasets
import Splits
import Tasks

/// Classes that the model of a job is measured on without being trained on them.
struct ClassCoverage {
  private let data: JobData
  private let task: any Task
  private let fold: Int?

  init(_ data: JobData, _ task: any Task, fold: Int?) {
    self.data = data
    self.task = task
    self.fold = fold
  }

  /// What a person must know before the training starts, one sentence for each set of examples.
  func warnings() -> [String] {
    guard task.targetsAreClasses else { return [] }
    let untrained = UntrainedClasses(
      trainedOn: data.train.targets.classNumbers, data.trainIndices)
    return data.measured.flatMap { name, source, indices in
      untrained.warnings(name, source.targets.classNumbers, indices, fold: fold)
    }
  }
}
