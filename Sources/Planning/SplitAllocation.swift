import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import RunRecord
import Splits
import Tasks

/// The examples that an experiment trains on and those it holds out: a function of the targets, the
/// split and the seed.
package struct SplitAllocation: Sendable {
  /// The examples of one fold, or of a run without folds, as ascending indices.
  package struct Part: Sendable {
    package let train: [Int]
    package let validation: [Int]
    /// Training examples of a fold that are used only for its choices, such as the best epoch;
    /// `nil` if the split does not set any apart.
    package var inner: [Int]?
  }

  private enum Division: Sendable {
    case holdOut(Part)
    case folds([Fold], Experiment.Split.Folds)
  }

  private let division: Division
  private let data: Experiment.Data
  private let examples: Int
  /// The stratum of each example; `nil` if the split is not stratified.
  private let strata: [Int32]?
  private let groups: [String]?
  private let seed: UInt64

  /// - Parameter targets: the targets of all training examples; `data.limit` may keep only the
  ///   first ones.
  /// - Throws: ``InputError`` at the split if the examples cannot be split as required, or the file
  ///   of groups does not match them.
  package init(
    _ data: Experiment.Data, targets: Targets, task: any Task, seed: UInt64
  ) throws {
    let all = targets.count
    let count = min(all, data.trainLimit ?? all)
    let strata = data.split.isStratified ? task.strata(targets.prefix(count)) : nil
    self.data = data
    self.strata = strata
    examples = count
    self.seed = seed
    (groups, division) = try Self.located(data, count) {
      let groups = try data.split.folds?.groups.map {
        Array(try GroupFile.read($0, count: all).prefix(count))
      }
      return (
        groups,
        try Self.divide(data.split, count: count, strata: strata, groups: groups, seed: seed)
      )
    }
  }

  /// The number of parts: the number of folds, or 1 without folds.
  package var count: Int {
    if case .folds(let folds, _) = division { folds.count } else { 1 }
  }

  /// - Parameter number: the number of the fold, from 1 to ``count``; ignored without folds.
  /// - Throws: ``InputError`` if a fold's training examples cannot be split again.
  package func part(_ number: Int) throws -> Part {
    switch division {
    case .holdOut(let part): return part
    case .folds(let folds, let settings):
      guard folds.indices.contains(number - 1) else {
        throw InputError(
          "there is no fold \(number): there are \(folds.count)", at: data.split.range)
      }
      let fold = folds[number - 1]
      guard let fraction = settings.innerValidation else {
        return Part(train: fold.trainIndices, validation: fold.validationIndices)
      }
      let (train, inner) = try Self.located(data, examples) {
        if let groups {
          return try fold.innerHoldOut(groups: groups, fraction: fraction, seed: seed)
        }
        return try fold.innerHoldOut(strata: strata, fraction: fraction, seed: seed)
      }
      return Part(train: train, validation: fold.validationIndices, inner: inner)
    }
  }

  private static func divide(
    _ split: Experiment.Split, count: Int, strata: [Int32]?, groups: [String]?, seed: UInt64
  ) throws -> Division {
    switch split.kind {
    case .holdOut(0): return .holdOut(Part(train: Array(0..<count), validation: []))
    case .holdOut(let fraction):
      let sides =
        try strata.map { try StratifiedSplit.holdOut(labels: $0, fraction: fraction, seed: seed) }
        ?? StratifiedSplit.holdOutUnstratified(count: count, fraction: fraction, seed: seed)
      return .holdOut(Part(train: sides.train, validation: sides.validation))
    case .folds(let settings):
      let (number, repeats) = (settings.count, settings.repeats)
      let folds =
        switch (groups, strata) {
        case (let groups?, let strata?):
          try KFoldSplit.stratifiedGrouped(
            labels: strata, groups: groups, folds: number, repeats: repeats, seed: seed)
        case (let groups?, nil):
          try KFoldSplit.grouped(groups: groups, folds: number, repeats: repeats, seed: seed)
        case (nil, let strata?):
          try KFoldSplit.stratified(labels: strata, folds: number, repeats: repeats, seed: seed)
        case (nil, nil):
          try KFoldSplit.plain(count: count, folds: number, repeats: repeats, seed: seed)
        }
      return .folds(folds, settings)
    }
  }

  /// Adds the location of the split to errors.
  private static func located<Value>(
    _ data: Experiment.Data, _ count: Int, _ body: () throws -> Value
  ) throws -> Value {
    let message: String
    do {
      return try body()
    } catch let error as SamplingError {
      message = "the examples cannot be divided so: \(error)"
    } catch let error as DataError {
      message = "\(error)"
    }
    let notes =
      data.trainLimit == count
      ? [Diagnostic.note("only the first \(count) training examples are used", at: data.limitRange)]
      : []
    throw InputError([
      Diagnostic(
        .error, message, at: data.split.range ?? data.dataset.origin.range, notes: notes)
    ])
  }
}

extension Plan {
  /// How examples with these targets are split.
  ///
  /// - Parameter seed: the seed; `nil` for the experiment's own.
  /// - Throws: ``InputError`` as in ``SplitAllocation``.
  package func allocation(of targets: Targets, seed: UInt64? = nil) throws -> SplitAllocation {
    try SplitAllocation(
      experiment.data, targets: targets, task: task, seed: seed ?? experiment.seed)
  }

  /// The examples that a run, or one of its folds, trained on and held out.
  ///
  /// - Parameter targets: the targets of all training examples.
  /// - Throws: ``InputError`` as in ``SplitAllocation``, or if `run.json` names a fold that does
  ///   not exist.
  package func part(of info: RunInfo, targets: Targets) throws -> SplitAllocation.Part {
    let allocation = try self.allocation(of: targets)
    let number = experiment.data.split.folds != nil ? info.fold ?? 0 : 1
    guard (1...allocation.count).contains(number) else {
      throw InputError(
        "run.json is damaged: fold: expected a number from 1 to \(allocation.count), found \(number)"
      )
    }
    return try allocation.part(number)
  }
}

extension Plan {
  /// Checks that a training set with these targets can be split and trained on as the experiment
  /// requires, for data whose size was not known earlier.
  ///
  /// - Parameter targets: the targets of all training examples.
  /// - Returns: warnings that could not be given earlier.
  package func check(targets: Targets) throws -> [Diagnostic] {
    let data = experiment.data
    let allocation = try self.allocation(of: targets)
    let diagnostics = DiagnosticCollector()
    for number in 1...allocation.count where !diagnostics.hasErrors {
      try check(trainCount: try allocation.part(number).train.count, diagnostics)
    }
    if diagnostics.hasErrors { throw InputError(diagnostics.sorted) }
    // If the size of the data set is known in advance, these were already reported.
    return SplitSizes(data, dataset.dataSchema) == nil ? diagnostics.sorted : []
  }
}
