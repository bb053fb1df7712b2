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
  /// The training examples that the limits leave, ascending.
  private let rows: [Int]
  /// What the split depends on, of ``rows``.
  private let columns: SplitColumns
  /// The stratum of each of ``rows``; `nil` if the split is not stratified.
  private let strata: [Int32]?
  private let seed: UInt64

  /// - Parameter columns: of all training examples; `data.limit` may leave some out.
  /// - Throws: ``InputError`` at the split if the examples cannot be split as required.
  package init(
    _ data: Experiment.Data, _ columns: SplitColumns, task: any Task, seed: UInt64
  ) throws {
    let rows = try Self.rows(data, columns, task)
    let columns = rows.count == columns.count ? columns : columns.selecting(rows)
    let strata = data.split.isStratified ? task.strata(columns.targets) : nil
    self.data = data
    self.rows = rows
    self.columns = columns
    self.strata = strata
    self.seed = seed
    division = try Self.located(data, rows.count) {
      try Self.divide(data.split, columns, strata: strata, seed: seed)
    }
  }

  /// The examples that the limits leave. Those that the data set reserves for validation are not limited.
  private static func rows(
    _ data: Experiment.Data, _ columns: SplitColumns, _ task: any Task
  ) throws -> [Int] {
    var reserved: [Int] = []
    if case .given = data.split.kind, let isValidation = columns.isValidation {
      reserved = isValidation.indices.filter { isValidation[$0] }
    }
    let excluded = Set(reserved)
    let limited = (0..<columns.count).filter { !excluded.contains($0) }
    var rows = Array(limited.prefix(data.trainLimit ?? limited.count))
    if let limit = data.classLimit {
      guard task.targetsAreClasses else {
        throw InputError("'per_class' needs classes", at: data.limitRange)
      }
      let labels = columns.targets.selecting(limited).classNumbers
      rows = try ClassLimit.indices(labels: labels, perClass: limit).map { limited[$0] }
    }
    return reserved.isEmpty ? rows : (rows + reserved).sorted()
  }

  /// The number of parts: the number of folds, or 1 without folds.
  package var count: Int {
    if case .folds(let folds, _) = division { folds.count } else { 1 }
  }

  /// - Parameter number: the number of the fold, from 1 to ``count``; ignored without folds.
  /// - Throws: ``InputError`` if a fold's training examples cannot be split again.
  package func part(_ number: Int) throws -> Part {
    switch division {
    case .holdOut(let part): return located(part)
    case .folds(let folds, let settings):
      guard folds.indices.contains(number - 1) else {
        throw InputError(
          "there is no fold \(number): there are \(folds.count)", at: data.split.range)
      }
      let fold = folds[number - 1]
      guard let fraction = settings.innerValidation else {
        return located(Part(train: fold.trainIndices, validation: fold.validationIndices))
      }
      let (train, inner) = try Self.located(data, rows.count) {
        if let times = columns.times {
          return try fold.innerHoldOut(times: times, fraction: fraction)
        }
        if let groups = columns.groups {
          return try fold.innerHoldOut(groups: groups, fraction: fraction, seed: seed)
        }
        return try fold.innerHoldOut(strata: strata, fraction: fraction, seed: seed)
      }
      return located(
        Part(train: train, validation: fold.validationIndices, inner: inner))
    }
  }

  /// The part with the positions of its examples in the whole training set.
  private func located(_ part: Part) -> Part {
    if rows.last.map({ $0 + 1 }) ?? 0 == rows.count { return part }
    return Part(
      train: part.train.map { rows[$0] }, validation: part.validation.map { rows[$0] },
      inner: part.inner.map { inner in inner.map { rows[$0] } })
  }

  private static func divide(
    _ split: Experiment.Split, _ columns: SplitColumns, strata: [Int32]?, seed: UInt64
  ) throws -> Division {
    let (count, groups) = (columns.count, columns.groups)
    switch split.kind {
    case .given:
      guard let isValidation = columns.isValidation else {
        throw SamplingError(reason: "the data set has no validation examples of its own")
      }
      let rows = Array(isValidation.indices)
      return .holdOut(
        Part(
          train: rows.filter { !isValidation[$0] }, validation: rows.filter { isValidation[$0] }))
    case .holdOut(0): return .holdOut(Part(train: Array(0..<count), validation: []))
    case .holdOut(let fraction):
      let sides =
        switch (columns.times, groups, strata) {
        case (let times?, _, _): try TimeSplit.holdOut(times: times, fraction: fraction)
        case (nil, let groups?, let strata?):
          try GroupHoldOut.stratified(
            labels: strata, groups: groups, fraction: fraction, seed: seed)
        case (nil, let groups?, nil):
          try GroupHoldOut.plain(groups: groups, fraction: fraction, seed: seed)
        case (nil, nil, let strata?):
          try StratifiedSplit.holdOut(labels: strata, fraction: fraction, seed: seed)
        case (nil, nil, nil):
          try StratifiedSplit.holdOutUnstratified(count: count, fraction: fraction, seed: seed)
        }
      return .holdOut(Part(train: sides.train, validation: sides.validation))
    case .folds(let settings):
      let (number, repeats) = (settings.count, settings.repeats)
      if let times = columns.times {
        return .folds(try TimeSplit.folds(times: times, folds: number), settings)
      }
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
      message = "the examples cannot be split this way: \(error)"
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
  /// How the training examples are split.
  ///
  /// - Parameters:
  ///   - columns: of all training examples; see ``splitColumns(of:)``.
  ///   - seed: the seed; `nil` for the experiment's own.
  /// - Throws: ``InputError`` as in ``SplitAllocation``.
  package func allocation(
    of columns: SplitColumns, seed: UInt64? = nil
  ) throws -> SplitAllocation {
    try SplitAllocation(experiment.data, columns, task: task, seed: seed ?? experiment.seed)
  }

  /// How the examples of the training set are split.
  ///
  /// - Throws: ``InputError`` as in ``SplitAllocation``, or if a column cannot be read.
  package func allocation(of train: any ExampleSource) throws -> SplitAllocation {
    try allocation(of: splitColumns(of: train))
  }

  /// The examples that a run, or one of its folds, trained on and held out.
  ///
  /// - Parameter train: the training set.
  /// - Throws: ``InputError`` as in ``SplitAllocation``, or if `run.json` names a fold that does
  ///   not exist.
  package func part(of info: RunInfo, in train: any ExampleSource) throws -> SplitAllocation.Part {
    let allocation = try self.allocation(of: train)
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
  /// Checks that a training set can be split and trained on as the experiment requires, for data whose
  /// size was not known earlier.
  ///
  /// - Returns: warnings that could not be given earlier.
  package func check(_ train: any ExampleSource) throws -> [Diagnostic] {
    let data = experiment.data
    let allocation = try self.allocation(of: train)
    let diagnostics = DiagnosticCollector()
    for number in 1...allocation.count where !diagnostics.hasErrors {
      try check(trainCount: try allocation.part(number).train.count, diagnostics)
    }
    if diagnostics.hasErrors { throw InputError(diagnostics.sorted) }
    // If the size of the data set is known in advance, these were already reported.
    return SplitSizes(data, dataset.dataSchema) == nil ? diagnostics.sorted : []
  }
}
