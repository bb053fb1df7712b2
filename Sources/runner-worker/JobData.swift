import Datasets
import Diagnostics
import ExperimentConfig
import Planning
import RunRecord
import Torch
import Training

/// The examples of a job on its device, with the split.
struct JobData {
  let classes: Int
  let trainAndValidation: ExampleSet
  let trainIndices: [Int]
  let validationIndices: [Int]
  let test: ExampleSet

  init(_ plan: Plan, _ info: RunInfo, device: Device) async throws {
    let data = plan.experiment.data
    classes = plan.dataset.facts.classes
    let acquired = try AcquiredDataset(info.dataset, classes: classes)
    var (train, test) = try await acquired.load()
    if let limit = data.trainLimit { train = train.prefix(limit) }
    if let limit = data.testLimit { test = test.prefix(limit) }
    let sides =
      data.split.isStratified
      ? try StratifiedSplit.holdOut(
        labels: train.labels, fraction: data.split.validation, seed: plan.experiment.seed)
      : try StratifiedSplit.holdOutUnstratified(
        count: train.count, fraction: data.split.validation, seed: plan.experiment.seed)
    trainIndices = sides.train
    validationIndices = sides.validation
    trainAndValidation = try ExampleSet(train, transforms: plan.transforms, device: device)
    self.test = try ExampleSet(test, transforms: plan.transforms, device: device)
  }
}

extension AcquiredDataset {
  /// What `run.json` records of a data set.
  init(_ record: RunInfo.Dataset, classes: Int) throws {
    guard record.files.count == ImageFileRole.allCases.count,
      let origin = DataOrigin(rawValue: record.origin)
    else { throw ProgramFault("run.json does not say where the data lie") }
    self.init(name: record.used, classes: classes, origin: origin) { role in
      let file = record.files[role.rawValue]
      return ImageFile(path: file.path, sha256: file.sha256)
    }
  }
}
