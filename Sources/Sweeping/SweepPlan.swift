import Datasets
import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Graph
import Planning
import RunRecord

/// A sweep that is ready to start: the frozen plan, with every trial checked.
package struct SweepPlan: Sendable {
  package private(set) var file: SweepFile
  package private(set) var planner: TrialPlanner
  /// The directory of the sweep being continued; `nil` for a new one.
  package private(set) var directory: SweepDirectory?
  /// The number of epochs of a complete trial.
  package private(set) var epochs: Int
  /// The parameter counts, trainable or not, of the smallest and the largest trial.
  package private(set) var parameters: ClosedRange<Int>
  /// The workloads of the trials that were checked, in order; at least one.
  package private(set) var works: [TrialWork] = []
  /// The plan of the first checked trial.
  package private(set) var sample: Plan?
  /// The maximum number of processors that a trial keeps busy.
  package private(set) var threads: Int
  /// Notes for the user.
  package private(set) var notes: [String] = []
  /// The data that the checked trials request.
  private var datasets: Set<String> = []

  /// - Parameters:
  ///   - runs: the folder that is searched for an earlier sweep.
  ///   - isNew: whether to start another sweep even if one could be continued.
  /// - Throws: ``InputError`` with all errors of all trials.
  package init(
    _ request: SweepRequest, experiment path: String, source: SourceFile, command: [String],
    environment: [String: String], processors: Int, runs: String, isNew: Bool
  ) throws {
    let first =
      request.space.size == nil
      ? RandomSearch.draw(request.space, seed: request.strategy.seed, trial: 1)
      : request.space.combination(0)
    let diagnostics = DiagnosticCollector()
    var draft = SweepFile(
      name: "", started: UTCTime.iso(UTCTime.now()), command: command, experiment: path,
      experimentPlace: ExperimentLoader.place(path),
      files: [.init(path: path, text: source.text)], environment: [:], processors: processors,
      runs: PathResolution.absolute(runs), base: "", overrides: request.overrides,
      hasSection: request.hasSection,
      space: request.space, strategy: request.strategy, objective: .loss, keep: request.keep)
    let base = Plan.make(
      path, overrides: request.overrides.map(\.text), environment: environment,
      processors: processors, runsDirectory: runs, diagnostics: DiagnosticCollector())
    draft.base = try base.map(TrialPlanner.hash) ?? ""
    // Errors common to all trials are reported once, with the first trial; the others follow below.
    if let trial = TrialPlanner(draft, environment: environment).plan(1, first, into: diagnostics) {
      let experiment = trial.plan.experiment
      draft.name = experiment.name
      draft.files = trial.plan.loaded.files.map {
        .init(path: ExperimentLoader.place($0.name), text: $0.text)
      }
      let names = Self.variables(draft.files.map(\.text) + draft.overrides.map(\.text))
      draft.environment = environment.filter { names.contains($0.key) }
      draft.unset = names.filter { environment[$0] == nil }.sorted()
      draft.workingDirectory =
        trial.plan.loaded.resolved.dependsOnWorkingDirectory ? ExperimentLoader.place(".") : nil
      guard experiment.data.split.hasValidation else {
        throw InputError(
          "a sweep chooses by validation results, but this experiment has no validation examples",
          at: experiment.data.split.range, hint: "split.validation: 0.1 sets some aside")
      }
      draft.objective = try Objective(
        request.objective, metrics: trial.plan.metrics, at: request.objectiveRange)
    }
    file = draft
    if !isNew, !draft.name.isEmpty,
      let found = try SweepDirectory.continued(by: draft, in: runs)
    {
      directory = found
      file = try Self.merged(try found.read(), with: draft, in: found, notes: &notes)
    }
    planner = TrialPlanner(file, environment: environment)
    epochs = 0
    parameters = 0...0
    threads = 1
    let inParts = try check(diagnostics)
    let strategy = file.strategy
    if strategy.kind.isAdaptive, datasets.count > 1 {
      throw InputError(
        "\(strategy.kind.rawValue) compares trials, but these have different data",
        hint: "scores on different examples are not comparable; grid and random try all of them")
    }
    if strategy.kind.stopsEarly {
      try checkRungs(at: request.minEpochsRange)
      if let (parts, range) = inParts {
        throw InputError(
          "\(strategy.kind.rawValue) compares the epochs of one training, but this experiment has "
            + "\(parts.count) \(parts.word)s",
          at: range, hint: "grid, random and tpe compare whole results")
      }
      if file.space.keys.contains(where: { $0.path == "train.epochs" }) {
        throw InputError(
          "\(strategy.kind.rawValue) determines how long a trial trains, so 'epochs' cannot be "
            + "swept with it")
      }
    }
  }

  /// Checks that there is an epoch after which trials are compared.
  private mutating func checkRungs(at range: SourceRange?) throws {
    let (first, kind) = (file.strategy.minEpochs, file.strategy.kind.rawValue)
    let count = "\(epochs) epoch\(epochs == 1 ? "" : "s")"
    if first > epochs {
      throw InputError(
        "\(kind) would compare trials after \(first) epochs, but a trial has \(count)", at: range,
        hint: epochs > 1
          ? "--min-epochs takes a number below \(epochs)" : "train longer with epochs=…")
    }
    if first == epochs {
      notes.append(
        "\(kind) stops no trial: the first comparison, after "
          + "\(first == 1 ? "1 epoch" : "\(first) epochs"), is at the end of the training")
    }
  }

  /// Updates the earlier plan with the current request: trials that have started and frozen parts
  /// stay.
  private static func merged(
    _ old: SweepFile, with new: SweepFile, in directory: SweepDirectory, notes: inout [String]
  ) throws -> SweepFile {
    var file = old
    if !old.base.isEmpty, old.base != new.base {
      let hasBegun = old.trials.contains { TrialDirectory(reading: directory.trial($0)).isThere }
      if !hasBegun { return new }
      notes.append(
        "\(new.experiment) has changed since this sweep began; the sweep continues with the file as it "
          + "was (--new starts another)")
    }
    let order = new.space.keys.map { key in
      old.space.keys.firstIndex { $0.path == key.path } ?? 0
    }
    // The same folder, relative to the current one.
    file.experiment = new.experiment
    file.files = placed(old)
    file.space = new.space
    file.strategy = new.strategy
    file.objective = new.objective
    file.keep = new.keep
    file.trials = old.trials.map { trial in
      var trial = trial
      trial.values = order.map { trial.values[$0] }
      return trial
    }
    let wanted = file.gridSize.map { Set((0..<$0).map(file.space.combination)) }
    file.trials = file.trials.filter { trial in
      TrialDirectory(reading: directory.trial(trial)).isThere
        || wanted?.contains(trial.values) ?? (trial.number <= file.strategy.maxTrials)
    }
    return file
  }

  /// The files with absolute paths. Relative paths in a plan start from its experiment's folder.
  private static func placed(_ old: SweepFile) -> [SweepFile.SourceText] {
    let isElsewhere = ExperimentLoader.place(old.experiment) != old.experimentPlace
    guard isElsewhere, old.experimentPlace.hasSuffix("/" + old.experiment) else { return old.files }
    let start = old.experimentPlace.dropLast(old.experiment.count)
    return old.files.map {
      let path = $0.path.hasPrefix("/") ? $0.path : ExperimentLoader.place(start + $0.path)
      return .init(path: path, text: $0.text)
    }
  }

  /// Environment variables that the files use, so that their values, or their absence, are frozen.
  private static func variables(_ texts: [String]) -> Set<String> {
    let mentions = texts.flatMap { $0.components(separatedBy: "${env:").dropFirst() }
    return Set(mentions.map { String($0.prefix { $0 != "}" && $0 != "," }) })
  }

  /// Plans every trial that is known before the first has ended.
  ///
  /// - Returns: the folds or seeds of the first trial that has them, and where they are declared.
  private mutating func check(
    _ diagnostics: DiagnosticCollector
  ) throws -> (Experiment.Parts, SourceRange?)? {
    var inParts: (Experiment.Parts, SourceRange?)?
    var trials = file.trials
    let earlier = Dictionary(grouping: trials, by: \.hash)
    let taken = Set(trials.map(\.values))
    var keys: Set<String> = []
    var number = trials.map(\.number).max() ?? 0
    var repeated = 0
    var counts: [Int] = []
    func note(_ trial: TrialPlan) throws {
      counts.append(trial.plan.graph.parameterCount)
      works.append(TrialWork(trial.plan))
      datasets.insert(try trial.wants().dataset)
      sample = sample ?? trial.plan
      threads = max(threads, trial.plan.busyThreads)
      epochs = max(epochs, trial.plan.experiment.epochs)
      if inParts == nil, let parts = trial.plan.experiment.parts {
        let resolved = trial.plan.loaded.resolved
        let key = parts.word == "fold" ? resolved["data"]?["split"] : resolved["seeds"]
        inParts = (parts, key?.range)
      }
    }
    for values in wanted(after: trials) {
      if taken.contains(values) { continue }
      guard let trial = planner.plan(number + 1, values, into: diagnostics) else {
        number += 1
        continue
      }
      try note(trial)
      // Existing trials may spell the same values differently.
      let isThere = (earlier[trial.hash] ?? []).contains {
        planner.plan($0.number, $0.values, into: DiagnosticCollector())?.key == trial.key
      }
      if isThere { continue }
      guard keys.insert(trial.key).inserted else {
        repeated += 1
        continue
      }
      number += 1
      trials.append(trial.record)
    }
    if diagnostics.hasErrors { throw InputError(diagnostics.sorted) }
    // An adaptive search proposes its own values; a few draws show whether the space makes sense.
    if counts.isEmpty {
      let sample =
        trials.isEmpty
        ? (1...min(TreeParzenSearch.freeTrials, file.strategy.maxTrials)).map {
          RandomSearch.draw(file.space, seed: file.strategy.seed, trial: $0)
        } : [trials[0].values]
      for (index, values) in sample.enumerated() {
        if let trial = planner.plan(index + 1, values, into: diagnostics) { try note(trial) }
      }
      if diagnostics.hasErrors { throw InputError(diagnostics.sorted) }
    }
    if repeated > 0 {
      notes.append(
        "\(repeated) \(repeated == 1 ? "combination is" : "combinations are") left out: the same "
          + "experiment as another")
    }
    file.trials = trials
    if !file.strategy.kind.isAdaptive { file.strategy.maxTrials = trials.count }
    file.strategy.maxTrials = max(file.strategy.maxTrials, trials.count)
    planner = TrialPlanner(file, environment: planner.environment)
    parameters = (counts.min() ?? 0)...(counts.max() ?? 0)
    return inParts
  }

  /// The values of trials that do not depend on results.
  private func wanted(after trials: [SweepFile.Trial]) -> [[String]] {
    let strategy = file.strategy
    if strategy.kind == .tpe { return [] }
    if let count = file.gridSize { return (0..<count).map(file.space.combination) }
    var known = trials.map { TrialSnapshot(number: $0.number, values: $0.values) }
    var result: [[String]] = []
    while known.count < strategy.maxTrials {
      let number = (known.last?.number ?? 0) + 1
      guard let values = strategy.propose(number, in: file.space, after: known) else { break }
      known.append(TrialSnapshot(number: number, values: values))
      result.append(values)
    }
    return result
  }
}

extension SweepFile {
  /// The number of combinations to try, if they are enumerated; `nil` if values are drawn.
  fileprivate var gridSize: Int? {
    guard let size = space.size,
      strategy.kind == .grid || (strategy.kind.stopsEarly && size <= strategy.maxTrials)
    else { return nil }
    return min(size, strategy.maxTrials)
  }
}

extension SweepPlan {
  /// The plan's hash, whose prefix is part of the directory's name.
  package var identity: String {
    // A plan that cannot be encoded cannot be written either, which is then reported.
    (try? JSONText.encode(file)).map { Digest.hex(of: $0) } ?? ""
  }
}
