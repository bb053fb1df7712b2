import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Planning
import Reporting
import RunRecord
import Signals
import Sweeping

/// One call of `runner sweep`, from the request to the results.
package struct SweepSession {
  private let words: [String]
  private let options: SweepRequest.Options
  private let environment: [String: String]
  private let terminal: Terminal
  /// Additional overrides for all trials.
  package var overrides: [String] = []
  package var runsDirectory = "runs"
  package var launcher = LauncherChoice()
  /// Prints all trials without starting any.
  package var isDryRun = false
  /// Reruns failed trials and those whose files are missing or damaged.
  package var retriesFailed = false
  /// Reuses finished runs and trials with the same identity.
  package var reusesRuns = false
  /// Starts a new sweep instead of continuing an earlier one.
  package var isNew = false
  package var isQuiet = false
  package var printsJSON = false

  /// - Parameters:
  ///   - words: the experiment file, if given, then overrides and sweeps.
  ///   - options: the options that determine the trials.
  package init(
    _ words: [String], _ options: SweepRequest.Options, environment: [String: String]
  ) {
    self.words = words
    self.options = options
    self.environment = environment
    terminal = Terminal(environment: environment)
  }

  package mutating func run() async throws {
    let slurm = try launcher.options()
    let plan = try makePlan(slurm)
    let capacity = jobs(plan)
    let text = SweepText(terminal: terminal, plan: plan)
    var estimate = SweepEstimate(plan, directory: plan.directory, runs: runsDirectory)
    if estimate.secondsPerTrial == nil, text.isForeseeable, slurm == nil, !isQuiet {
      await timeSteps(plan, &estimate)
    }
    let opening = text.opening(jobs: capacity, isSlurm: slurm != nil, estimate)
    if !isDryRun { say(opening) }
    for note in plan.notes { warn(note) }
    if let shortage = text.shortage(estimate, free: DiskSpace.free(at: runsDirectory)) {
      warn(shortage)
    }
    if isDryRun {
      let isKnown = slurm == nil && text.isForeseeable
      if printsJSON {
        let jobs = slurm == nil ? capacity : nil
        return try StandardOutput.write(
          json: text.json(estimate, jobs: jobs, isForeseeable: isKnown))
      }
      return try StandardOutput.write(opening + "\n" + text.trials())
    }
    let directory =
      try plan.directory
      ?? SweepDirectory.create(
        in: runsDirectory, name: plan.file.name, hash: plan.identity)
    let lock = try SweepLock(directory)
    try directory.write(plan.file)
    say("  " + TerminalText.printable(directory.path) + "\n")
    let (engine, outcome) = try await work(plan, directory, capacity, slurm)
    try await finish(engine, outcome, directory)
    withExtendedLifetime(lock) {}
    try conclude(outcome, engine.table)
  }

  private func timeSteps(_ plan: SweepPlan, _ estimate: inout SweepEstimate) async {
    // Takes several seconds for large models.
    if terminal.isInteractive { terminal.write("timing some steps …") }
    if let (timing, examples) = await SweepTiming(plan, environment: environment).measure() {
      estimate.use(timing, in: plan, examples)
    }
    if terminal.isInteractive { terminal.write("\r\u{1B}[K") }
  }

  /// The experiment file and the remaining arguments.
  ///
  /// - Throws: ``InputError`` if no file is given and there is no default.
  private func experimentAndArguments() throws -> (String, [String]) {
    if let first = words.first, !first.contains("="), !first.hasPrefix("~") {
      return (first, Array(words.dropFirst()))
    }
    let usual = "experiments/default.yaml"
    guard RunCatalog.isFile(usual) else {
      throw InputError(
        "no experiment was given, and there is no \(usual)",
        hint: (["runner", "sweep", "EXPERIMENT.yaml"] + words).joined(separator: " "))
    }
    return (usual, words)
  }

  private mutating func makePlan(_ slurm: SlurmOptions?) throws -> SweepPlan {
    let (path, arguments) = try experimentAndArguments()
    // `threads: auto` counts the processors on which the trials run.
    let processors = slurm?.processors ?? ProcessInfo.processInfo.activeProcessorCount
    let loader = ExperimentLoader(
      catalog: .standard, environment: environment, processors: processors)
    let source = try loader.source(path)
    let request = try SweepRequest(
      arguments + overrides, options: options, source: source, loader: loader)
    requestedJobs = request.jobs
    return try SweepPlan(
      request, experiment: path, source: source, command: CommandLine.arguments,
      environment: environment, processors: processors, runs: runsDirectory,
      isNew: isNew)
  }

  private var requestedJobs: Int?

  /// The number of concurrent trials: as many as the processors allow, or one if the strategy
  /// depends on their order.
  private func jobs(_ plan: SweepPlan) -> Int {
    if let requestedJobs { return requestedJobs }
    let kind = plan.file.strategy.kind
    if kind == .tpe || kind == .asha { return 1 }
    let processors = ProcessInfo.processInfo.activeProcessorCount
    return max(1, min(processors / plan.threads, plan.file.strategy.maxTrials))
  }

  private func work(
    _ plan: SweepPlan, _ directory: SweepDirectory, _ jobs: Int, _ slurm: SlurmOptions?
  ) async throws -> (SweepEngine, SweepOutcome) {
    let program = TrialProgram.path(environment)
    var options = SweepEngine.Options()
    options.retry = retriesFailed
    if reusesRuns {
      options.earlier = EarlierRuns(in: runsDirectory, except: directory)
    }
    let console = SweepConsole(
      terminal, plan: plan, directory: directory, jobs: jobs, isQuiet: isQuiet)
    let launcher: any TrialLauncher =
      try slurm.map {
        try SlurmLauncher(
          in: directory.path, program: program, options: $0, maxConcurrent: requestedJobs,
          capacity: SlurmLauncher.capacity(plan.file.strategy.kind, maxConcurrent: requestedJobs)
        ) { console.say(SlurmParts.submission(job: $0, tasks: $1)) }
      } ?? LocalLauncher(program: program, jobs: jobs)
    let interrupts = Interrupts(.none)
    interrupts.add { isFirst in
      launcher.interrupt()
      if slurm != nil {
        if isFirst { console.say("detaching: the jobs continue without this program") }
      } else if isFirst {
        console.say(
          "stopping: running trials write checkpoints; Ctrl-C again stops them immediately")
      } else {
        console.say("stopping immediately")
      }
    }
    interrupts.start()
    let engine = SweepEngine(
      directory: directory, file: plan.file, planner: plan.planner, epochs: plan.epochs,
      preparation: TrialPreparer(environment: environment, isElsewhere: slurm != nil, interrupts),
      launcher: launcher, options: options, interrupts: interrupts, tell: console.show)
    console.begin()
    defer { console.end() }
    return (engine, try await engine.run())
  }

  /// Draws the plots, and writes the report and the final text.
  private func finish(
    _ engine: SweepEngine, _ outcome: SweepOutcome, _ directory: SweepDirectory
  ) async throws {
    let table = engine.table
    if outcome.ending == .done {
      for problem in await SweepPictures.draw(table, engine.plan, directory) {
        warn(problem)
      }
    }
    let text = SweepClosing(
      terminal: StandardOutput.terminal(environment: environment), table: table,
      directory: directory)
    if isQuiet { warnOfTrials(table, outcome) }
    if printsJSON {
      let status = outcome.ending == .done ? "finished" : "interrupted"
      try StandardOutput.write(json: text.json(status: status))
    } else if !isQuiet {
      try StandardOutput.write(text.render())
    } else {
      try StandardOutput.write(TerminalText.printable(directory.path) + "\n")
    }
  }

  /// Reports trials without a result or rank, which matter just as much with `--quiet`.
  private func warnOfTrials(_ table: SweepTable, _ outcome: SweepOutcome) {
    for failure in outcome.failures {
      terminal.write(
        terminal.red("error: ") + "trial \(failure.trial.number) has no result: "
          + TerminalText.line(failure.reason) + "\n")
    }
    for row in table.undefined {
      warn("trial \(row.trial) is not ranked: \(row.reason ?? "its objective is undefined")")
    }
  }

  /// Ends with the exit code; 75 if the sweep is unfinished.
  private func conclude(_ outcome: SweepOutcome, _ table: SweepTable) throws {
    if outcome.ending == .interrupted {
      say("  continue with: \(RepeatedCommand.text(CommandLine.arguments))")
      throw QuietExit(ExitStatus.resumable)
    }
    guard outcome.failures.isEmpty else {
      let isInput = outcome.failures.allSatisfy { $0.code == ExitStatus.wrongInput }
      throw QuietExit(isInput ? ExitStatus.wrongInput : ExitStatus.programFault)
    }
    if table.best == nil, table.isRanked, let first = table.undefined.first {
      throw InputError(
        "no trial has a \(table.objective.replacing("_", with: " ")), so none is the best; trial "
          + "\(first.trial): \(first.reason ?? "it is undefined")",
        hint: "--objective selects another")
    }
    if table.best == nil, table.isRanked,
      let stopped = table.rows.first(where: { $0.status == "stopped" })
    {
      throw InputError(
        "no trial has a \(table.objective.replacing("_", with: " ")) to choose by: all were "
          + "stopped",
        hint: "trials/\(stopped.directory)/metrics.jsonl shows its epochs")
    }
  }

  private func say(_ text: String) {
    if !isQuiet { terminal.write(text + "\n") }
  }

  private func warn(_ text: String) {
    terminal.write(terminal.yellow("warning: ") + TerminalText.printable(text) + "\n")
  }
}
