import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Planning
import Reporting
import RunRecord
import Signals
import Sweeping
import WorkerProtocol

/// A new run that continues another run to a different number of epochs. The parent run is not
/// changed.
///
/// If nothing in the training so far depends on its total length, the result is byte for byte that
/// of training for this many epochs from the start, and so is the identity. If a schedule does
/// depend on it, the identity includes the parent, since no other run has this result.
struct Continuation {
  let parent: RunDirectory
  let info: RunInfo
  let changes: ResumeChanges
  let runsDirectory: String
  let places: PartPlaces
  let untilEpoch: Int?
  let allowed: [RecordedEnvironment.Part]
  let context: RunContext

  /// A training of the parent and the checkpoint to continue from.
  private struct Source {
    let directory: RunDirectory
    /// `nil` for a part that had not begun.
    let checkpoint: CheckpointContents?

    var epochs: Int { checkpoint?.header.progress.epochs ?? 0 }
  }

  private var plan: Plan { changes.plan }

  /// - Parameters:
  ///   - lock: the lock of the parent; released as soon as the parent is no longer needed.
  /// - Returns: the new run.
  func run(_ lock: RunLock, _ interrupts: Interrupts) async throws -> RunDirectory {
    let prepared: (execution: RunExecution, lock: RunLock)
    do {
      defer { lock.release() }
      prepared = try await prepare(interrupts)
    }
    defer { prepared.lock.release() }
    if plan.experiment.parts != nil {
      _ = try await prepared.execution.carryOutParts()
    } else {
      _ = try await prepared.execution.carryOut { _ in }
    }
    return prepared.execution.run
  }

  private func prepare(
    _ interrupts: Interrupts
  ) async throws -> (execution: RunExecution, lock: RunLock) {
    try refuseParts()
    let sources = try sources()
    try check(sources)
    let engine = try await WorkerProcess(environment: context.environment, interrupts).describe()
    let recorded = try await Relocation(changes, context).relocated(info)
    let environment = RecordedEnvironment(info: recorded, of: parent)
    let differences = environment.differences(engine, needsWeights: false)
    try environment.refuse(differences, unless: allowed)
    for difference in differences {
      context.warn(
        "the run continues with a different \(difference.part) than it started with",
        because: difference.text)
    }
    var preparation = RunPreparation(
      plan, source: try parent.bytes(of: "experiment.yaml"),
      path: parent.file("experiment.yaml"), context)
    preparation.isElsewhere = places.slurm != nil
    preparation.resolvedText = changes.resolvedText
    let inputs = try await preparation.inputs(of: recorded)
    try preparation.checkSplit(of: inputs)
    let isExact = try differences.isEmpty && !warnsOfSchedule(sources, inputs)
    return try prepare(sources, preparation, inputs, engine, isExact: isExact, interrupts)
  }

  private func prepare(
    _ sources: [Source], _ preparation: RunPreparation, _ inputs: RunPreparation.Inputs,
    _ engine: EngineDescription, isExact: Bool, _ interrupts: Interrupts
  ) throws -> (execution: RunExecution, lock: RunLock) {
    var preparation = preparation
    preparation.parent = RunInfo.Parent(
      run: PathResolution.absolute(parent.path), identity: info.identity,
      epochs: sources.map(\.epochs).max() ?? 0)
    preparation.parentLeakage = info.leakage
    preparation.isExactContinuation = isExact
    var made: (run: RunDirectory, lock: RunLock)?
    do {
      let run = try preparation.prepare(inputs, engine) { identity in
        let run = try RunDirectory.create(
          in: runsDirectory, name: plan.experiment.name, identity: identity)
        made = (run, try RunLock.acquire(run))
        return run
      }
      try copy(sources, to: run)
      guard let lock = made?.lock else { throw ProgramFault("the run is not locked") }
      interrupts.isPrepared()
      preparation.announce(inputs, device: try run.readInfo().device)
      context.reporter.say(
        "  continues \(TerminalText.printable(parent.path)) \(progress(sources))")
      return (
        RunExecution(run, plan, context, interrupts, parts: places, untilEpoch: untilEpoch), lock
      )
    } catch {
      made?.lock.release()
      // This process created it a moment ago, so nobody else uses it.
      if let run = made?.run { try FileManager.default.removeItem(atPath: run.path) }
      throw error
    }
  }

  private func progress(_ sources: [Source]) -> String {
    let epochs = sources.map(\.epochs)
    guard let least = epochs.min(), let most = epochs.max() else { return "" }
    if least == most { return "after epoch \(most)" }
    return "after epochs \(least) to \(most)"
  }

  private func copy(_ sources: [Source], to run: RunDirectory) throws {
    guard let parts = plan.experiment.parts else {
      let identity = try run.readInfo().identity
      try sources[0].checkpoint?.write(from: parent, to: run, identity: identity)
      return
    }
    let directories = try PartDirectories(run: run, plan: plan, parts: parts).prepare()
    for (source, part) in zip(sources, directories) {
      var own = try part.readInfo()
      try source.checkpoint?.write(from: source.directory, to: part, identity: own.identity)
      own.parent?.run = PathResolution.absolute(source.directory.path)
      own.parent?.epochs = source.epochs
      try part.write(json: own, to: "run.json")
    }
  }

  // MARK: Sources

  private func refuseParts() throws {
    guard info.part != nil else { return }
    throw InputError(
      "'\(parent.path)' is one of several trainings of a run; continue the whole run instead",
      hint: "runner resume \(parent.path.split(separator: "/").dropLast().last ?? "RUN") "
        + "epochs=\(plan.experiment.epochs)")
  }

  private func sources() throws -> [Source] {
    guard let parts = plan.experiment.parts else { return [try source(parent, isPart: false)] }
    return try (1...parts.count).map { number in
      try source(RunDirectory(path: parent.file(parts.directory(number))), isPart: true)
    }
  }

  private func source(_ run: RunDirectory, isPart: Bool) throws -> Source {
    if isPart, !RunCatalog.isFile(run.file("run.json")) {
      return Source(directory: run, checkpoint: nil)
    }
    let own = try run.readInfo()
    let checkpoint: CheckpointContents?
    if own.status == .finished || FinalCheckpoint.exists(in: run) {
      guard FinalCheckpoint.exists(in: run) else {
        throw InputError(
          "'\(run.path)' has finished and kept no final checkpoint, so it cannot be continued",
          hint: "a run keeps one unless train.checkpoint.keep is none; start a new run with "
            + "epochs=\(plan.experiment.epochs)")
      }
      checkpoint = try FinalCheckpoint.read(run)
    } else {
      checkpoint = try CheckpointContents(newestOf: run)
      if checkpoint == nil, !isPart {
        throw InputError(
          "'\(run.path)' has no checkpoint yet to continue from",
          hint: "start a new run with epochs=\(plan.experiment.epochs)")
      }
    }
    if let checkpoint, checkpoint.header.identity != own.identity {
      throw InputError("the checkpoint in '\(run.path)' belongs to another run")
    }
    return Source(directory: run, checkpoint: checkpoint)
  }

  /// - Throws: ``InputError`` at the number of epochs if there is nothing left to train.
  private func check(_ sources: [Source]) throws {
    let place = plan.loaded.resolved["train"]?["epochs"]?.range
    let epochs = plan.experiment.epochs
    for source in sources {
      guard let header = source.checkpoint?.header else { continue }
      let isWithin = header.progress.stepInEpoch > 0
      guard header.progress.epochs + (isWithin ? 1 : 0) <= epochs else {
        throw InputError(
          "'\(source.directory.path)' has already trained \(header.progress.epochs) epochs"
            + "\(isWithin ? " and a part of the next" : ""), which is more than \(epochs)",
          at: place, hint: "give a larger number")
      }
    }
    func isOver(_ source: Source) -> Bool {
      guard let header = source.checkpoint?.header else { return false }
      return header.hasStopped || header.progress.step >= plan.experiment.maxSteps ?? .max
    }
    guard sources.allSatisfy(isOver), let header = sources[0].checkpoint?.header else { return }
    throw InputError(
      header.hasStopped
        ? "early stopping ended this training after epoch \(header.progress.epochs); more epochs "
          + "would not change it"
        : "max_steps ended this training after step \(header.progress.step); more epochs would not "
          + "change it", at: place,
      hint: "start a new run from its weights: weights={run: \(parent.path)}")
  }

  /// Warns, and returns `true`, if the new length would have changed the schedule of the steps so
  /// far.
  private func warnsOfSchedule(
    _ sources: [Source], _ inputs: RunPreparation.Inputs
  ) throws -> Bool {
    guard let schedule = plan.experiment.schedule else { return false }
    let allocation = try plan.allocation(of: plan.open(.train, of: inputs.dataset))
    let depends = try sources.enumerated().contains { index, source in
      guard let header = source.checkpoint?.header else { return false }
      let part = try allocation.part(min(index + 1, allocation.count))
      return try plan.changesSchedule(
        of: changes.recorded, trainCount: part.train.count, steps: header.progress.step)
    }
    if depends {
      context.warn(
        "the result differs from that of training for \(plan.experiment.epochs) epochs at once",
        because:
          "the schedule '\(schedule.name)' depends on the length of the training: so far it was "
          + "computed for \(changes.recorded.experiment.epochs) epochs")
    }
    return depends
  }
}
