import ArgumentParser
import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Planning
import Reporting
import RunRecord

struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Continues a run: an interrupted one where it stopped, any run with more epochs.",
    usage: "runner resume RUN [epochs=N] [folder=DIR] [options]",
    discussion: """
      The result is, byte for byte, that of the run without the interruption. A run that has finished is \
      left as it is. Where program, machine or data are not those that the run began with, it is refused \
      unless --allow names what may differ. Folds and seeds that were submitted to a cluster are waited for there, \
      or submitted again; the directory of one part (RUN/fold-2) is carried on by itself.

      With epochs=N a new run in --runs-dir continues RUN, which may have finished, and records it as its \
      parent. The result is that of training for N epochs at once, byte for byte, unless the schedule \
      depends on the length of the training, which is then reported as a warning.

      A path, such as folder=DIR or groups=FILE, says where data lie that have moved. They have to be the \
      same, byte for byte.
      """)

  @OptionGroup var arguments: RunArguments

  @Argument(
    help: ArgumentHelp(
      "epochs=N, or the new path of data that moved.", valueName: "key=value"))
  var overrides: [String] = []

  @Option(
    help: ArgumentHelp(
      "What may differ from the recorded: program, machine or data.", valueName: "part"))
  var allow: [String] = []

  @Option(
    help: "Folds or seeds that are computed at a time; as many as the processors allow if left out."
  )
  var jobs: Int?

  @OptionGroup var place: LauncherArguments

  @Option(help: "Puts the run down again after this epoch.")
  var untilEpoch: Int?

  @Flag(help: "Takes the run although another machine is said to work on it.")
  var takeOver = false

  @Flag(help: "Waits where another process works on the run, instead of refusing.")
  var wait = false

  @Flag(name: .shortAndLong, help: "Prints the directory of the run, warnings and errors only.")
  var quiet = false

  @Flag(help: "Prints one JSON object with the run's directory and summary to standard output.")
  var json = false

  func validate() throws {
    let known = RecordedEnvironment.Part.allCases.map(\.rawValue)
    for part in allow where !known.contains(part) {
      throw ValidationError("--allow takes \(known.joined(separator: ", ")), not '\(part)'")
    }
    if let jobs, jobs < 1 { throw ValidationError("--jobs takes a number from 1") }
    if let untilEpoch, untilEpoch < 1 {
      throw ValidationError("--until-epoch takes a number from 1")
    }
  }

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(environment: environment)
    let context = RunContext(
      environment: environment, reporter: ConsoleReporter(terminal, isQuiet: quiet),
      presentation: json ? .progress : quiet ? .directory : .result)
    let run = try await resume(context)
    if json { try TrainedRun.print(run) }
  }

  /// - Returns: the run that has finished: a new one where the training is longer.
  private func resume(_ context: RunContext) async throws -> RunDirectory {
    var (arguments, overrides) = (self.arguments, self.overrides)
    if arguments.run.contains("="), !RunCatalog.isFolder(arguments.run) {
      // 'runner resume epochs=8' means the latest run.
      overrides.insert(arguments.run, at: 0)
      arguments.run = "latest"
    }
    let run = try arguments.resolve()
    let lock =
      wait
      ? try await RunLock.acquireWhenFree(run, takesOver: takeOver) { context.reporter.say($0) }
      : try RunLock.acquire(run, takesOver: takeOver)
    defer { lock.release() }
    var info = try run.readInfo()
    if !overrides.isEmpty {
      try RunVerification.check(run)
      let changes = try ResumeChanges(run, overrides)
      if info.status == .finished, !changes.changesEpochs, changes.moves.isEmpty {
        throw InputError(
          "'\(run.path)' has finished with \(changes.plan.experiment.epochs) epochs already",
          hint: "give a larger number: epochs=\(2 * changes.plan.experiment.epochs)")
      }
      if changes.changesEpochs {
        return try await continueAnew(run, info, changes, lock, context)
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
      if quiet, !json { try StandardOutput.write(TerminalText.printable(run.path) + "\n") }
      return run
    }
    try RunVerification.check(run)
    try RunVerification.checkFinishedParts(of: run)
    let places = try PartPlaces(
      jobs: jobs, takesOver: takeOver,
      slurm: place.launcher == nil ? PartPlaces.remembered(in: run) : place.options())
    let interrupts = Interrupts()
    interrupts.start()
    interrupts.isPrepared()
    do {
      try await goOn(with: run, info, places, context, interrupts)
      return run
    } catch let code as ExitCode where code.rawValue == CommandFailure.interrupted {
      // The run is there and has lost nothing, however little of this program had begun.
      context.reporter.warn(
        "interrupted\n  to resume: runner resume " + TerminalText.printable(run.path))
      throw ExitCode(CommandFailure.resumable)
    }
  }

  private func continueAnew(
    _ run: RunDirectory, _ info: RunInfo, _ changes: ResumeChanges, _ lock: RunLock,
    _ context: RunContext
  ) async throws -> RunDirectory {
    let interrupts = Interrupts()
    interrupts.start()
    let continuation = Continuation(
      parent: run, info: info, changes: changes, runsDirectory: arguments.runsDirectory,
      places: PartPlaces(jobs: jobs, slurm: try place.options()), untilEpoch: untilEpoch,
      allowed: allowed, context: context)
    return try await continuation.run(lock, interrupts)
  }

  private func goOn(
    with run: RunDirectory, _ info: RunInfo, _ places: PartPlaces, _ context: RunContext,
    _ interrupts: Interrupts
  ) async throws {
    let needsWeights = try !Self.hasCheckpoints(run)
    let plan = try plan(of: run, info, needsWeights: needsWeights)
    func check(_ engine: EngineDescription) async throws {
      try await self.check(
        engine, run, info, plan, needsWeights: needsWeights, isElsewhere: places.slurm != nil,
        context, interrupts)
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
        "--launcher slurm is for the folds or seeds of a run, and this one is one training",
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

  /// The recorded plan. Where it cannot be made because a file has gone or changed, the run is refused
  /// for that, as everything else that differs.
  private func plan(of run: RunDirectory, _ info: RunInfo, needsWeights: Bool) throws -> Plan {
    do {
      return try RecordedEnvironment.plan(
        of: run, processors: ProcessInfo.processInfo.activeProcessorCount,
        needsWeights: needsWeights)
    } catch {
      let record = RecordedEnvironment(info: info)
      try record.refuse(record.dataDifferences(needsWeights: needsWeights), unless: allowed)
      throw error
    }
  }

  private var allowed: [RecordedEnvironment.Part] {
    allow.compactMap(RecordedEnvironment.Part.init)
  }

  /// Refuses what would not go on as it began; what is allowed to differ is recorded.
  private func check(
    _ engine: EngineDescription, _ run: RunDirectory, _ info: RunInfo, _ plan: Plan,
    needsWeights: Bool, isElsewhere: Bool, _ context: RunContext, _ interrupts: Interrupts
  ) async throws {
    var preparation = try RunPreparation(
      plan, source: run.bytes(of: "resolved.yaml"), path: run.path, context)
    preparation.isElsewhere = isElsewhere
    preparation.isInterrupted = { await interrupts.wasInterruptedByNow }
    let record = RecordedEnvironment(info: info)
    var differences = record.differences(engine, needsWeights: needsWeights)
    if info.status == .queued || isElsewhere {
      // Nothing has been computed yet, or none of it is here.
      differences.removeAll { $0.part == .machine }
    }
    try record.refuse(differences, unless: allowed)
    let parts = [run] + RunParts.all(of: run)
    if !differences.isEmpty {
      for difference in differences {
        context.warn(
          "the run resumes with another \(difference.part) than it began with",
          because: difference.text)
      }
      try await preparation.adopt(engine, differences, in: parts)
    }
    if !isElsewhere { for part in parts { try preparation.settle(engine, in: part) } }
  }

  /// Whether whatever goes on, the run or each of its parts, has a checkpoint, which holds all weights.
  /// All parts have their directories before the first of them begins.
  private static func hasCheckpoints(_ run: RunDirectory) throws -> Bool {
    let parts = RunParts.all(of: run)
    return try (parts.isEmpty ? [run] : parts).allSatisfy {
      try $0.readInfo().status == .finished || Checkpoints($0).exist()
    }
  }
}
