import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Planning
import Reporting
import RunRecord
import Signals
import WorkerProtocol

/// One call of `runner resume`: continues a run where it stopped, or starts a new run that
/// continues it to a different number of epochs.
package struct ResumeSession {
  private let name: String
  private let overrides: [String]
  private let runsDirectory: String
  private let context: RunContext
  /// What may differ from the environment in which the run began.
  package var allowed: [RecordedEnvironment.Part] = []
  /// The number of folds or seeds to train concurrently; `nil` for as many as the processors allow.
  package var jobs: Int?
  package var launcher = LauncherChoice()
  /// Stops the run again after this epoch.
  package var untilEpoch: Int?
  /// Takes over the run even if another machine is recorded as working on it.
  package var takesOver = false
  /// Waits if another process is working on the run.
  package var waits = false

  /// - Parameters:
  ///   - name: the name of a run as given by the user, or an override, which implies the latest
  ///     run.
  ///   - overrides: see ``ResumeChanges``.
  package init(
    _ name: String, overrides: [String] = [], runsDirectory: String, _ context: RunContext
  ) {
    let isOverride = name.contains("=") && !RunCatalog.isFolder(name)
    self.name = isOverride ? "latest" : name
    self.overrides = isOverride ? [name] + overrides : overrides
    self.runsDirectory = runsDirectory
    self.context = context
  }

  /// - Returns: the finished run; a new one if the number of epochs changed.
  package func run() async throws -> RunDirectory {
    let run = try RunReference.resolve(name, in: runsDirectory)
    let lock =
      waits
      ? try await RunLock.acquireWhenFree(run, takesOver: takesOver) { context.reporter.say($0) }
      : try RunLock.acquire(run, takesOver: takesOver)
    defer { lock.release() }
    var info = try run.readInfo()
    if !overrides.isEmpty {
      try RunVerification.check(run)
      let changes = try ResumeChanges(run, overrides)
      if info.status == .finished, !changes.changesEpochs, changes.moves.isEmpty {
        throw InputError(
          "'\(run.path)' has already finished with \(changes.plan.experiment.epochs) epochs",
          hint: "give a larger number: epochs=\(2 * changes.plan.experiment.epochs)")
      }
      if changes.changesEpochs {
        return try await continueAnew(run, info, changes, lock)
      }
      if !changes.moves.isEmpty {
        try await Relocation(changes, context).record(in: run)
        for move in changes.moves {
          context.reporter.say("\(move.old.key): \(TerminalText.printable(move.new.path))")
        }
        info = try run.readInfo()
      }
    }
    if info.status == .finished {
      try RunVerification.checkIsFinished(run)
      if RunExecution.isUntidy(run) && info.part == nil {
        try run.removeTemporaries()
        try RunExecution.tidy(run)
      }
      context.reporter.say("'\(run.path)' has finished; there is nothing to resume")
      try context.presentDirectory(of: run)
      return run
    }
    try RunVerification.check(run)
    try RunVerification.checkFinishedParts(of: run)
    let places = try PartPlaces(
      jobs: jobs, takesOver: takesOver,
      slurm: launcher.launcher == nil ? PartPlaces.remembered(in: run) : launcher.options())
    let interrupts = Interrupts()
    interrupts.start()
    interrupts.isPrepared()
    do {
      try await resume(run, info, places, interrupts)
      return run
    } catch let exit as QuietExit where exit.status == ExitStatus.interrupted {
      // The run exists and has lost nothing, no matter how far it got.
      context.reporter.warn(
        "interrupted\n  to resume: runner resume " + TerminalText.printable(run.path))
      throw QuietExit(ExitStatus.resumable)
    }
  }

  private func continueAnew(
    _ run: RunDirectory, _ info: RunInfo, _ changes: ResumeChanges, _ lock: RunLock
  ) async throws -> RunDirectory {
    let interrupts = Interrupts()
    interrupts.start()
    let continuation = Continuation(
      parent: run, info: info, changes: changes, runsDirectory: runsDirectory,
      places: PartPlaces(jobs: jobs, slurm: try launcher.options()), untilEpoch: untilEpoch,
      allowed: allowed, context: context)
    return try await continuation.run(lock, interrupts)
  }

  private func resume(
    _ run: RunDirectory, _ info: RunInfo, _ places: PartPlaces, _ interrupts: Interrupts
  ) async throws {
    let needsWeights = try !Self.hasCheckpoints(run)
    let plan = try plan(of: run, info, needsWeights: needsWeights)
    func check(_ engine: EngineDescription) async throws {
      try await self.check(
        engine, run, info, plan, needsWeights: needsWeights, isElsewhere: places.slurm != nil,
        interrupts)
    }
    func describe() async throws -> EngineDescription {
      try await WorkerProcess(environment: context.environment, interrupts).describe()
    }
    if info.part != nil {
      try await check(describe())
      context.reporter.say("\(info.name) · \(info.dataset.used) · \(run.partName) resumed")
      return try await PartExecution(run, context, interrupts)
        .carryOut(untilEpoch: untilEpoch)
    }
    if places.slurm != nil, plan.experiment.parts == nil {
      throw InputError(
        "--launcher slurm is for the folds or seeds of a run, but this one is a single training",
        hint: "srun runner resume \(run.path)")
    }
    let execution = RunExecution(
      run, plan, context, interrupts, parts: places, untilEpoch: untilEpoch)
    let opening = "\(info.name) · \(info.dataset.used) · resumed"
    if plan.experiment.parts != nil {
      try await check(describe())
      context.reporter.say(opening)
      _ = try await execution.carryOutParts()
    } else {
      _ = try await execution.carryOut { engine in
        try await check(engine)
        context.reporter.say(opening)
      }
    }
  }

  /// The recorded plan. If it cannot be made because a file is missing or changed, the run is
  /// refused with that reason, like any other difference.
  private func plan(of run: RunDirectory, _ info: RunInfo, needsWeights: Bool) throws -> Plan {
    do {
      return try RecordedEnvironment.plan(
        of: run, processors: ProcessInfo.processInfo.activeProcessorCount,
        needsWeights: needsWeights)
    } catch {
      let record = RecordedEnvironment(info: info, of: run)
      try record.refuse(record.dataDifferences(needsWeights: needsWeights), unless: allowed)
      throw error
    }
  }

  /// Refuses to resume if the environment differs; allowed differences are recorded.
  private func check(
    _ engine: EngineDescription, _ run: RunDirectory, _ info: RunInfo, _ plan: Plan,
    needsWeights: Bool, isElsewhere: Bool, _ interrupts: Interrupts
  ) async throws {
    var preparation = try RunPreparation(
      plan, source: run.bytes(of: "resolved.yaml"), path: run.path, context)
    preparation.isElsewhere = isElsewhere
    preparation.isInterrupted = { await interrupts.wasInterruptedByNow }
    let record = RecordedEnvironment(info: info, of: run)
    var differences = record.differences(engine, needsWeights: needsWeights)
    if info.status == .queued || isElsewhere {
      // Nothing has been computed yet, or it was computed on another machine.
      differences.removeAll { $0.part == .machine }
    }
    try record.refuse(differences, unless: allowed)
    let parts = [run] + RunParts.all(of: run)
    if !differences.isEmpty {
      for difference in differences {
        context.warn(
          "the run resumes with a different \(difference.part) than it started with",
          because: difference.text)
      }
      try await preparation.adopt(engine, differences, in: parts)
    }
    if !isElsewhere { for part in parts { try preparation.settle(engine, in: part) } }
  }

  /// Whether the run, or each of its unfinished parts, has a checkpoint, which contains all
  /// weights. All parts have their directories before the first of them begins.
  private static func hasCheckpoints(_ run: RunDirectory) throws -> Bool {
    let parts = RunParts.all(of: run)
    return try (parts.isEmpty ? [run] : parts).allSatisfy {
      try $0.readInfo().status == .finished || Checkpoints($0).exist()
    }
  }
}
