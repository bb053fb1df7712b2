import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Planning
import RunRecord
import Training

/// The examples of a job, and which of them are trained on.
struct JobData {
  /// For training and validation.
  let train: LabelledImages
  let test: LabelledImages
  let trainIndices: [Int]
  let validationIndices: [Int]
  /// What the choices of the training look at.
  let selection: Selection

  /// A fold's training examples that only choices look at.
  var innerIndices: [Int] { if case .inner(let indices) = selection { indices } else { [] } }

  /// The examples that the model is measured on, each set under its name.
  var measured: [(name: String, images: LabelledImages, indices: [Int])] {
    [
      ("validation", train, validationIndices), ("inner validation", train, innerIndices),
      ("test", test, Array(0..<test.count)),
    ]
  }

  init(_ plan: Plan, _ info: RunInfo, of run: RunDirectory) async throws {
    let data = plan.experiment.data
    let acquired = try AcquiredDataset(
      info.dataset, target: plan.dataset.dataSchema.target, in: run)
    for file in info.files ?? [] where try Digest.hex(ofFile: file.path) != file.sha256 {
      throw InputError("\(file.path) has changed since this run began (\(file.key))")
    }
    var (train, test) = try await acquired.load()
    let targets = train.targets
    if let limit = data.trainLimit { train = train.prefix(limit) }
    if let limit = data.testLimit { test = test.prefix(limit) }
    self.train = train
    self.test = test
    let isFold = data.split.folds != nil
    let part = try plan.part(of: info, targets: targets)
    (trainIndices, validationIndices) = (part.train, part.validation)
    selection =
      part.inner.map { .inner($0) }
      ?? (isFold || !data.split.hasValidation ? .lastEpoch : .validation)
  }
}
