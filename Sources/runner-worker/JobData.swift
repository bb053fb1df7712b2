import Datasets
import Diagnostics
import ExperimentConfig
import Planning
import RunRecord
import Training

/// The examples of a job, and which of them are trained on.
struct JobData {
  let classes: Int
  /// For training and validation.
  let train: LabelledImages
  let test: LabelledImages
  let trainIndices: [Int]
  let validationIndices: [Int]
  /// What the choices of the training look at.
  let selection: Selection

  /// A fold's training examples that only choices look at.
  var innerIndices: [Int] { if case .inner(let indices) = selection { indices } else { [] } }

  init(_ plan: Plan, _ info: RunInfo) async throws {
    let data = plan.experiment.data
    classes = plan.dataset.facts.classes
    guard let acquired = AcquiredDataset(info.dataset, classes: classes) else {
      throw ProgramFault("run.json does not say where the data lie")
    }
    var (train, test) = try await acquired.load()
    if let limit = data.trainLimit { train = train.prefix(limit) }
    if let limit = data.testLimit { test = test.prefix(limit) }
    self.train = train
    self.test = test
    let seed = plan.experiment.seed
    switch data.split.kind {
    case .holdOut(let fraction):
      let sides =
        data.split.isStratified
        ? try StratifiedSplit.holdOut(labels: train.labels, fraction: fraction, seed: seed)
        : try StratifiedSplit.holdOutUnstratified(
          count: train.count, fraction: fraction, seed: seed)
      (trainIndices, validationIndices) = (sides.train, sides.validation)
      selection = .validation
    case .folds(let folds):
      guard let number = info.fold, number >= 1, number <= folds.count * folds.repeats else {
        throw ProgramFault("run.json does not say which fold this is")
      }
      let all = try FoldAllocation(folds, data.split, labels: train.labels, seed: seed)
      (trainIndices, validationIndices, selection) = try all.fold(number)
    }
  }
}

/// Which examples each fold of an experiment has.
struct FoldAllocation {
  private let folds: [Fold]
  private let settings: Experiment.Split.Folds
  private let isStratified: Bool
  private let labels: [Int32]
  private let groups: [String]?
  private let seed: UInt64

  init(
    _ settings: Experiment.Split.Folds, _ split: Experiment.Split, labels: [Int32], seed: UInt64
  ) throws {
    self.settings = settings
    isStratified = split.isStratified
    self.labels = labels
    self.seed = seed
    groups = try settings.groups.map { try GroupFile.read($0, count: labels.count) }
    let (count, repeats) = (settings.count, settings.repeats)
    switch (groups, isStratified) {
    case (let groups?, true):
      folds = try KFoldSplit.stratifiedGrouped(
        labels: labels, groups: groups, folds: count, repeats: repeats, seed: seed)
    case (let groups?, false):
      folds = try KFoldSplit.grouped(groups: groups, folds: count, repeats: repeats, seed: seed)
    case (nil, true):
      folds = try KFoldSplit.stratified(labels: labels, folds: count, repeats: repeats, seed: seed)
    case (nil, false):
      folds = try KFoldSplit.plain(count: labels.count, folds: count, repeats: repeats, seed: seed)
    }
  }

  /// Of one fold, by its number from 1: what is trained on, what is held out, what choices look at.
  func fold(_ number: Int) throws -> (train: [Int], validation: [Int], Selection) {
    let fold = folds[number - 1]
    guard let fraction = settings.innerValidation else {
      return (fold.trainIndices, fold.validationIndices, .lastEpoch)
    }
    let inner =
      if let groups {
        try fold.innerHoldOut(groups: groups, fraction: fraction, seed: seed)
      } else {
        try fold.innerHoldOut(
          labels: labels, fraction: fraction, stratified: isStratified, seed: seed)
      }
    return (inner.train, fold.validationIndices, .inner(inner.validation))
  }
}
