import Cards
import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Folds
import Planning
import Report
import Reporting
import RunRecord
import Signals
import Sweeping
import Tasks
import WorkerProtocol

/// Executes a prepared run: runs its workers and processes their results.
final class RunExecution {
  let run: RunDirectory
  let plan: Plan
  let context: RunContext
  let interrupts: Interrupts
  private let places: PartPlaces
  private let untilEpoch: Int?
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var summary: RunSummary?
  private var failure: WorkerFailure?
  private var workerProfile = RunProfile()
  private var hasBegun = false

  /// - Parameters:
  ///   - places: where to train folds or seeds.
  ///   - untilEpoch: stops the run after this epoch.
  init(
    _ run: RunDirectory, _ plan: Plan, _ context: RunContext, _ interrupts: Interrupts,
    parts places: PartPlaces, untilEpoch: Int? = nil
  ) {
    self.run = run
    self.plan = plan
    self.context = context
    self.interrupts = interrupts
    self.places = places
    self.untilEpoch = untilEpoch
    start = clock.now
  }

  /// Runs several trainings, each with its own worker.
  func carryOutParts() async throws -> RunSummary {
    guard let parts = plan.experiment.parts else { throw ProgramFault("the run has no parts") }
    do {
      try begin(run)
      return try await finish(try await carryOut(parts))
    } catch {
      recordFailure(error)
      throw error
    }
  }

  /// Runs a single training with a worker that first describes its environment.
  ///
  /// - Parameter check: throws if the run must not continue in that environment.
  func carryOut(
    after check: (EngineDescription) async throws -> Void
  ) async throws -> RunSummary {
    do {
      let ending = try await WorkerProcess(environment: context.environment, interrupts).run {
        [self] events, send in
        var events = events
        try await check(try await events.engine(interrupts))
        try begin(run)
        try await follow(events, send)
      }
      return try await finish(ending)
    } catch {
      recordFailure(error)
      throw error
    }
  }

  /// Sends the run to a started worker, and shows its events.
  func follow(
    _ events: WorkerProcess.Events, _ send: (WorkerRequest) async throws -> Void
  ) async throws {
    var events = events
    try await send(.train(TrainingRequest(run, untilEpoch: untilEpoch)))
    while let event = try await events.next() {
      if case .end(let result) = event { summary = result }
      if case .failure(let reason) = event { failure = reason }
      if case .profile(let parts) = event { workerProfile = parts }
      context.record(event)
      context.reporter.show(event)
    }
    context.profile.cut("worker: the rest", apartFrom: workerProfile)
  }

  /// Records that the computation has begun.
  func begin(_ run: RunDirectory) throws {
    var info = try run.readInfo()
    info.status = .running
    info.failure = nil
    info.ended = nil
    info.end = nil
    info.manifest = nil
    try run.write(json: info, to: "run.json")
    hasBegun = true
  }

  // MARK: Folds and seeds

  private func carryOut(_ parts: Experiment.Parts) async throws -> WorkerProcess.Ending {
    let directories = try PartDirectories(run: run, plan: plan, parts: parts).prepare()
    let unfinished = directories.filter { (try? $0.readInfo().status) != .finished }
    let ending =
      if let slurm = places.slurm {
        try await submit(unfinished, of: directories, parts, slurm)
      } else {
        try await compute(unfinished, of: parts)
      }
    context.profile.cut("\(parts.word)s")
    guard ending == .success else { return ending }
    summary = try PartResults(
      run, parts, directories, metrics: plan.metrics
    ).write()
    return .success
  }

  /// Trains the parts on this machine.
  private func compute(
    _ directories: [RunDirectory], of parts: Experiment.Parts
  ) async throws -> WorkerProcess.Ending {
    let jobs = places.jobs ?? Machine.jobs(threads: plan.busyThreads)
    context.reporter.begin(parts, count: directories.count, atOnce: jobs)
    let runs = PartRuns(
      environment: context.environment, interrupts: interrupts, untilEpoch: untilEpoch,
      takesOver: places.takesOver)
    let (events, continuation) = AsyncStream<PartRuns.Event>.makeStream()
    async let results = runs.carryOut(directories, jobs: jobs, continuation)
    for await item in events {
      if case .failure(let reason) = item.event { failure = failure ?? reason }
      if context.record(item.event) { context.reporter.show(item.event, part: item.part) }
    }
    return try await results
  }

  /// Trains the parts on a cluster.
  private func submit(
    _ directories: [RunDirectory], of all: [RunDirectory], _ parts: Experiment.Parts,
    _ options: SlurmOptions
  ) async throws -> WorkerProcess.Ending {
    try places.remember(in: run)
    let cluster = try SlurmParts(
      run, options, maxConcurrent: places.jobs, untilEpoch: untilEpoch, context, interrupts)
    var isInterrupted = false
    var failures: [Int: WorkerFailure] = [:]
    if !directories.isEmpty {
      context.reporter.say(
        "\(directories.count) of \(all.count) \(parts.word)s are left for Slurm; they continue "
          + "after Ctrl-C")
    }
    try await cluster.carryOut(directories) { part, ending in
      switch ending {
      case .finished: context.reporter.say("  " + SlurmParts.result(of: part))
      case .interrupted: isInterrupted = true
      case .failed(let number, let reason):
        context.reporter.say("  \(reason.message)\n    log: \(SlurmParts.log(part))")
        failures[number] = reason
      }
    }
    failure = failures.min { $0.key < $1.key }?.value
    if let failure { return .failure(failure.message) }
    if isInterrupted { return .interrupted }
    try SlurmParts.collect(all, into: run, context)
    return .success
  }

  // MARK: Ending

  /// Writes plots, manifest and report, or throws if the run has no result.
  func finish(_ ending: WorkerProcess.Ending) async throws -> RunSummary {
    guard let summary, ending == .success else { throw end(ending) }
    let evidence = RunEvidence(reading: run)
    // Whoever needs what could not be read reads it again, and reports why it cannot.
    let predictions = evidence.predictions.isEmpty ? nil : evidence.predictions
    await RunPlots(run, context, plan, predictions).draw()
    context.profile.cut("plots")
    try run.removeTemporaries()
    try ModelCard.write(evidence)
    let manifest = try Manifest.write(for: run)
    try close(.finished, nil, manifest: manifest)
    try Self.tidy(run, predictions)
    context.profile.cut("report")
    try context.present(
      SummaryTable.render(
        summary, seconds: start.duration(to: clock.now).seconds,
        classes: plan.task.target.kind.names),
      of: run)
    return summary
  }

  /// Cleans up after the end is recorded: writes the report and removes checkpoints and stale
  /// locks. Repeated if a finished run lacks it.
  ///
  /// - Parameter predictions: the contents of `predictions.csv` if already read.
  static func tidy(_ run: RunDirectory, _ predictions: [String: Predictions]? = nil) throws {
    do {
      try ReportPage.write(for: run, predictions: predictions)
    } catch let error as FileError {
      throw FileError(
        path: error.path,
        reason: error.reason
          + "; everything else is complete; 'runner report \(run.path)' writes the page")
    }
    for part in [run] + RunParts.all(of: run) { try Checkpoints(part).removeAll() }
    // Remove locks of programs killed right after a part finished; a live program keeps its own.
    for part in RunParts.all(of: run) where isLocked(part) {
      (try? RunLock.acquire(part, takesOver: true))?.release()
    }
  }

  /// Whether a finished run was killed before ``tidy(_:)`` completed.
  static func isUntidy(_ run: RunDirectory) -> Bool {
    !run.isFile("report.html") || run.isFolder("checkpoints")
      || RunParts.all(of: run).contains { $0.isFolder("checkpoints") || isLocked($0) }
  }

  private static func isLocked(_ part: RunDirectory) -> Bool {
    part.isFile(RunLock.names[0])
  }

  private func close(
    _ status: RunInfo.Status, _ failure: String?, manifest: String? = nil
  ) throws {
    var info = try run.readInfo()
    info.status = status
    info.manifest = manifest
    info.ended = UTCTime.iso(UTCTime.now())
    info.failure = failure
    for warning in context.recordedWarnings where !info.warnings.contains(warning) {
      info.warnings.append(warning)
    }
    try run.write(json: info, to: "run.json")
  }

  /// Records that the run did not finish if an error bypassed ``finish(_:)``. A run that this
  /// process has not begun keeps its status, and so does one whose end is already recorded.
  ///
  /// - Parameter isNew: whether this process created the run, in which case preparation counts as
  ///   begun.
  func recordFailure(_ error: any Error, isNew: Bool = false) {
    guard hasBegun || isNew else { return }
    do {
      try RunEnding.record(error, in: run)
    } catch let problem {
      context.reporter.warn("the end of the run could not be recorded in run.json\n  \(problem)")
    }
  }

  /// Records why a run did not finish, and prints how to resume it.
  private func end(_ ending: WorkerProcess.Ending) -> any Error {
    defer { RunPlots(run, context, plan).writePage() }
    /// The worker's message matters more than a failure to record it, which often has the same
    /// cause.
    func record(_ status: RunInfo.Status, _ failure: String) {
      do {
        try close(status, failure)
      } catch {
        context.reporter.warn("the end of the run could not be recorded in run.json\n  \(error)")
      }
    }
    let resume = "  to resume: runner resume " + TerminalText.printable(run.path)
    switch ending {
    case .interrupted:
      if let untilEpoch, !interrupts.wasInterrupted {
        record(.interrupted, "stopped after epoch \(untilEpoch), as requested")
        context.reporter.say("stopped after epoch \(untilEpoch), as requested\n\(resume)")
      } else {
        record(.interrupted, "interrupted")
        let isLeft = places.slurm != nil
        let words = isLeft ? "detached: the jobs continue without this program" : "interrupted"
        context.reporter.warn("\(words)\n\(resume)")
      }
      return QuietExit(ExitStatus.resumable)
    case .killed(let words):
      // A worker killed from outside has not failed by itself.
      record(.interrupted, "the worker \(words)")
      context.reporter.say("  " + TerminalText.printable(run.path))
      return WorkerKilled(
        "the worker \(words)", hint: "to resume: runner resume " + TerminalText.printable(run.path))
    case .success, .failure:
      let message = failure?.message ?? "the worker \(ending.description)"
      record(.failed, message)
      context.reporter.say("  " + TerminalText.printable(run.path))
      if let failure, failure.exitCode == ExitStatus.wrongInput {
        if run.isFolder("checkpoints") { context.reporter.say(resume) }
        return InputError(message)
      }
      context.reporter.say(resume)
      return ProgramFault(message)
    }
  }
}
