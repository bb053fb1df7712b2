import DataSchema
import Datasets
import Splits
import Tasks

/// Finds classes that a job's model is evaluated on but not trained on.
struct ClassCoverage {
  private let data: JobData
  private let task: any Task
  private let fold: Int?

  init(_ data: JobData, _ task: any Task, fold: Int?) {
    self.data = data
    self.task = task
    self.fold = fold
  }

  /// Warnings for the user before training starts, one sentence per set of examples.
  func warnings() -> [String] {
    guard task.targetsAreClasses else { return [] }
    let untrained = UntrainedClasses(
      trainedOn: data.train.targets.classNumbers, data.trainIndices)
    return data.measured.flatMap { name, source, indices in
      untrained.warnings(name, source.targets.classNumbers, indices, fold: fold)
    }
  }
}
