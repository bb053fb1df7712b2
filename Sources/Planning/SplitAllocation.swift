import Datasets
import Diagnostics
import ExperimentConfig
import RunRecord

/// Which examples an experiment trains on and which it holds out: a function of the labels, the split and
/// the seed.
package struct SplitAllocation: Sendable {
  /// The examples of a run without folds, or of one fold, by index, ascending.
  package struct Part: Sendable {
    package let train: [Int]
    package let validation: [Int]
    /// Training examples of a fold that only its choices look at; nothing where it makes none.
    package var inner: [Int]?
  }

  private enum Division: Sendable {
    case holdOut(Part)
    case folds([Fold], Experiment.Split.Folds)
  }

  private let division: Division
  private let data: Experiment.Data
  private let labels: [Int32]
  private let groups: [String]?
  private let seed: UInt64

  /// - Parameter labels: of all training examples, of which `data.limit` may leave the first.
  /// - Throws: ``InputError`` with the place of the split, where the examples cannot be divided so or the
  ///   file of their groups does not fit.
  package init(_ data: Experiment.Data, labels: [Int32], seed: UInt64) throws {
    let all = labels.count
    let count = min(all, data.trainLimit ?? all)
    let labels = Array(labels.prefix(count))
    self.data = data
    self.labels = labels
    self.seed = seed
    (groups, division) = try Self.located(data, count) {
      let groups = try data.split.folds?.groups.map {
        Array(try GroupFile.read($0, count: all).prefix(count))
      }
      return (groups, try Self.divide(data.split, labels: labels, groups: groups, seed: seed))
    }
  }

  /// How many there are: one without folds.
  package var count: Int {
    if case .folds(let folds, _) = division { folds.count } else { 1 }
  }

  /// - Parameter number: of a fold, from 1 to ``count``; of no account without folds.
  /// - Throws: ``InputError`` where a fold's training examples cannot be divided once more.
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
      let (train, inner) = try Self.located(data, labels.count) {
        if let groups {
          return try fold.innerHoldOut(groups: groups, fraction: fraction, seed: seed)
        }
        return try fold.innerHoldOut(
          labels: labels, fraction: fraction, stratified: data.split.isStratified, seed: seed)
      }
      return Part(train: train, validation: fold.validationIndices, inner: inner)
    }
  }

  private static func divide(
    _ split: Experiment.Split, labels: [Int32], groups: [String]?, seed: UInt64
  ) throws -> Division {
    switch split.kind {
    case .holdOut(0): return .holdOut(Part(train: Array(labels.indices), validation: []))
    case .holdOut(let fraction):
      let sides =
        split.isStratified
        ? try StratifiedSplit.holdOut(labels: labels, fraction: fraction, seed: seed)
        : try StratifiedSplit.holdOutUnstratified(
          count: labels.count, fraction: fraction, seed: seed)
      return .holdOut(Part(train: sides.train, validation: sides.validation))
    case .folds(let settings):
      let (count, repeats) = (settings.count, settings.repeats)
      let folds =
        switch (groups, split.isStratified) {
        case (let groups?, true):
          try KFoldSplit.stratifiedGrouped(
            labels: labels, groups: groups, folds: count, repeats: repeats, seed: seed)
        case (let groups?, false):
          try KFoldSplit.grouped(groups: groups, folds: count, repeats: repeats, seed: seed)
        case (nil, true):
          try KFoldSplit.stratified(labels: labels, folds: count, repeats: repeats, seed: seed)
        case (nil, false):
          try KFoldSplit.plain(count: labels.count, folds: count, repeats: repeats, seed: seed)
        }
      return .folds(folds, settings)
    }
  }

  /// Gives what goes wrong the place of the split.
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
  /// The examples that a run, or one of its folds, trained on and held out.
  ///
  /// - Parameter labels: of all training examples.
  /// - Throws: ``InputError`` as ``SplitAllocation`` does, or if `run.json` names a fold that
  ///   does not exist.
  package func part(of info: RunInfo, labels: [Int32]) throws -> SplitAllocation.Part {
    let allocation = try SplitAllocation(
      experiment.data, labels: labels, seed: experiment.seed)
    let number = experiment.data.split.folds != nil ? info.fold ?? 0 : 1
    guard (1...allocation.count).contains(number) else {
      throw InputError(
        "run.json is damaged: fold: expected a number from 1 to \(allocation.count), found \(number)")
    }
    return try allocation.part(number)
  }
}

extension Plan {
  /// Whether a training set with these labels can be divided and trained on as the experiment says, for
  /// data of which that is not known before.
  ///
  /// - Parameter labels: of all training examples.
  /// - Returns: warnings about what was not known before.
  package func check(labels: [Int32]) throws -> [Diagnostic] {
    let data = experiment.data
    let allocation = try SplitAllocation(data, labels: labels, seed: experiment.seed)
    let diagnostics = DiagnosticCollector()
    for number in 1...allocation.count where !diagnostics.hasErrors {
      try Self.check(
        experiment, trainCount: try allocation.part(number).train.count, graph, trainability,
        classes: dataset.facts.classes, diagnostics)
    }
    if diagnostics.hasErrors { throw InputError(diagnostics.sorted) }
    // With a data set whose size is known these have been reported before.
    return SplitSizes(data, dataset.facts) == nil ? diagnostics.sorted : []
  }
}
