import ArgumentParser
import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Planning
import Reporting
import RunRecord
import Sweeping

/// One call of `runner sweep`, from the command line to the results.
final class SweepSession {
  private let command: SweepCommand
  private let environment: [String: String]
  private let terminal: Terminal

  init(_ command: SweepCommand, environment: [String: String]) {
    self.command = command
    self.environment = environment
    terminal = Terminal(environment: environment)
  }

  func run() async throws {
    let slurm = try command.place.options()
    let plan = try makePlan(slurm)
    let capacity = jobs(plan)
    let text = SweepText(terminal: terminal, plan: plan)
    var estimate = SweepEstimate(plan, directory: plan.directory, runs: command.runsDirectory)
    if estimate.secondsPerTrial == nil, text.isForeseeable, slurm == nil, !command.quiet {
      await timeSteps(plan, &estimate)
    }
    let opening = text.opening(jobs: capacity, isSlurm: slurm != nil, estimate)
    if !command.dryRun { say(opening) }
    for note in plan.notes { warn(note) }
    if let shortage = text.shortage(estimate, free: DiskSpace.free(at: command.runsDirectory)) {
      warn(shortage)
    }
    if command.dryRun {
      let isKnown = slurm == nil && text.isForeseeable
      if command.json {
        let jobs = slurm == nil ? capacity : nil
        return try StandardOutput.write(
          json: text.json(estimate, jobs: jobs, isForeseeable: isKnown))
      }
      return try StandardOutput.write(opening + "\n" + text.trials())
    }
    let directory =
      try plan.directory
      ?? SweepDirectory.create(
        in: command.runsDirectory, name: plan.file.name, hash: plan.identity)
    let lock = try SweepLock(directory)
    try directory.write(plan.file)
    say("  " + TerminalText.printable(directory.path) + "\n")
    let (engine, outcome) = try await work(plan, directory, capacity, slurm)
    try await finish(engine, outcome, directory)
    withExtendedLifetime(lock) {}
    try conclude(outcome, engine.table)
  }

  private func timeSteps(_ plan: SweepPlan, _ estimate: inout SweepEstimate) async {
    // Of large models it takes some seconds.
    if terminal.isInteractive { terminal.write("timing some steps …") }
    if let (timing, examples) = await SweepTiming(plan, environment: environment).measure() {
      estimate.use(timing, in: plan, examples)
    }
    if terminal.isInteractive { terminal.write("\r\u{1B}[K") }
  }

  private func makePlan(_ slurm: SlurmOptions?) throws -> SweepPlan {
    let (path, arguments) = try command.experimentAndArguments()
    let shared = [
      command.device.map { "device=\($0)" }, command.threads.map { "threads=\($0)" },
    ].compactMap(\.self)
    // What `threads: auto` counts is where the trials run.
    let processors = slurm?.processors ?? ProcessInfo.processInfo.activeProcessorCount
    let loader = ExperimentLoader(
      catalog: .standard, environment: environment, processors: processors)
    let source = try loader.source(path)
    let request = try SweepRequest(
      arguments + shared, options: command.requestOptions, source: source, loader: loader)
    requestedJobs = request.jobs
    return try SweepPlan(
      request, experiment: path, source: source, command: CommandLine.arguments,
      environment: environment, processors: processors, runs: command.runsDirectory,
      isNew: command.new)
  }

  private var requestedJobs: Int?

  /// As many trials as there are processors for; one if their order decides what is tried.
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
    options.retry = command.retry
    if command.needed {
      options.earlier = EarlierRuns(in: command.runsDirectory, except: directory)
    }
    let console = SweepConsole(
      terminal, plan: plan, directory: directory, jobs: jobs, isQuiet: command.quiet)
    let launcher: any TrialLauncher =
      try slurm.map {
        try SlurmLauncher(
          in: directory.path, program: program, options: $0, atOnce: requestedJobs,
          capacity: SlurmLauncher.capacity(plan.file.strategy.kind, atOnce: requestedJobs)
        ) { console.say(SlurmParts.submission(job: $0, tasks: $1)) }
      } ?? LocalLauncher(program: program, jobs: jobs)
    let stop = StopFlag()
    let signals = SignalWatch { isFirst in
      stop.set()
      launcher.interrupt()
      if slurm != nil {
        if isFirst { console.say("leaving: the jobs continue without this program") }
      } else if isFirst {
        console.say("stopping: running trials write checkpoints; Ctrl-C again ends them at once")
      } else {
        console.say("ending at once")
      }
    }
    let engine = SweepEngine(
      directory: directory, file: plan.file, planner: plan.planner, epochs: plan.epochs,
      preparation: TrialMaker(environment: environment, isElsewhere: slurm != nil, stop: stop),
      launcher: launcher,
      options: options, stop: stop, tell: console.show)
    console.begin()
    defer { console.end() }
    let outcome = try await engine.run()
    withExtendedLifetime(signals) {}
    return (engine, outcome)
  }

  /// Pictures, page, closing lines.
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
    if command.quiet { warnOfTrials(table, outcome) }
    if command.json {
      let status = outcome.ending == .done ? "finished" : "interrupted"
      try StandardOutput.write(json: text.json(status: status))
    } else if !command.quiet {
      try StandardOutput.write(text.render())
    } else {
      try StandardOutput.write(TerminalText.printable(directory.path) + "\n")
    }
  }

  /// Trials without a result or a rank, which are no less important where little is printed.
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

  /// The exit code; 75 if there is something left to do.
  private func conclude(_ outcome: SweepOutcome, _ table: SweepTable) throws {
    if outcome.ending == .interrupted {
      say("  continue with: \(Self.shellWords(CommandLine.arguments))")
      throw ExitCode(CommandFailure.resumable)
    }
    guard outcome.failures.isEmpty else {
      let isInput = outcome.failures.allSatisfy { $0.code == CommandFailure.wrongInput }
      throw ExitCode(isInput ? CommandFailure.wrongInput : CommandFailure.programFault)
    }
    if table.best == nil, table.isRanked, let first = table.undefined.first {
      throw InputError(
        "no trial has a \(table.objective.replacing("_", with: " ")), so that none is the best; trial "
          + "\(first.trial): \(first.reason ?? "it is undefined")",
        hint: "--objective names another")
    }
    if table.best == nil, table.isRanked,
      let stopped = table.rows.first(where: { $0.status == "stopped" })
    {
      throw InputError(
        "no trial has a \(table.objective.replacing("_", with: " ")) by which to choose: all were stopped",
        hint: "trials/\(stopped.directory)/metrics.jsonl has what it did")
    }
  }

  /// The command as it can be typed again; `--new` and `--retry` were for once.
  static func shellWords(_ words: [String]) -> String {
    let name = words.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? "runner"
    return ([name] + words.dropFirst().filter { $0 != "--new" && $0 != "--retry" })
      .map { word in
        let isPlain = word.unicodeScalars.allSatisfy {
          $0.isASCII
            && ($0.properties.isAlphabetic || "0123456789_./-+=,:[]".unicodeScalars.contains($0))
        }
        return isPlain && !word.isEmpty ? word : "'\(word.replacing("'", with: "'\\''"))'"
      }.joined(separator: " ")
  }

  private func say(_ text: String) {
    if !command.quiet { terminal.write(text + "\n") }
  }

  private func warn(_ text: String) {
    terminal.write(terminal.yellow("warning: ") + TerminalText.printable(text) + "\n")
  }
}
