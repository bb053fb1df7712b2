import ArgumentParser
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Graph
import Planning
import Plots
import Report
import Reporting
import RunRecord
import Weights

/// One run from the proven plan to the finished directory.
final class RunSession {
  private let plan: Plan
  private let experimentPath: String
  private let runsDirectory: String
  private let environment: [String: String]
  private var reporter: ConsoleReporter
  private var warnings: [Warning]
  /// Where the pictures of mistakes come from.
  private var testData: AcquiredDataset?
  private let clock = ContinuousClock()

  init(
    plan: Plan, experimentPath: String, runsDirectory: String, environment: [String: String],
    reporter: ConsoleReporter, warnings: [Diagnostic]
  ) {
    self.warnings = warnings.map {
      Warning(text: $0.message, reason: $0.range.map { "\($0)" } ?? "the experiment")
    }
    self.plan = plan
    self.experimentPath = experimentPath
    self.runsDirectory = runsDirectory
    self.environment = environment
    self.reporter = reporter
  }

  func run() async throws -> (RunDirectory, RunSummary) {
    let start = clock.now
    // The worker loads LibTorch while the data is looked for.
    let worker = try WorkerProcess(environment: environment)
    var directory: RunDirectory?
    var summary: RunSummary?
    var failure: WorkerFailure?
    let ending = try await worker.run { [self] events, send in
      var events = events
      let dataset = try await acquire()
      testData = dataset
      guard case .engine(let engine)? = try await events.next() else {
        if await worker.wasInterrupted { throw ExitCode(CommandFailure.interrupted) }
        throw InputError("'runner-worker' does not start; 'runner doctor' says why")
      }
      let git = await GitState.read(besides: experimentPath)
      if let problem = git?.problem { warn(problem, because: "source.patch is left out") }
      let run = try prepare(dataset, engine, git)
      directory = run
      worker.isPrepared()
      try await send(run.path)
      while let event = try await events.next() {
        if case .end(let result) = event { summary = result }
        if case .failure(let reason) = event { failure = reason }
        reporter.show(event)
      }
    }
    guard let run = directory else { throw ProgramFault("no run directory was made") }
    if let summary, ending == .success {
      await draw(run)
      try Manifest.write(for: run)
      try close(run, .finished, nil)
      writePage(run)
      let seconds = start.duration(to: clock.now)
      reporter.say(
        "\n"
          + SummaryTable.render(
            summary,
            seconds: Double(seconds.components.seconds)
              + Double(seconds.components.attoseconds) * 1e-18))
      for warning in warnings { reporter.warn(warning.text) }
      reporter.say("  " + TerminalText.printable(run.path))
      return (run, summary)
    }
    throw try end(run, ending, failure)
  }

  // MARK: Before

  private func acquire() async throws -> AcquiredDataset {
    let environment = DataEnvironment(
      variables: environment, workingDirectory: PathResolution.workingDirectory)
    let requested = plan.experiment.data.dataset
    if let folder = environment.missingDataFolder {
      warn("RUNNER_DATA is not used", because: "\(folder) is not a folder")
    }
    let progress = DownloadConsole(reporter)
    do {
      return try await plan.dataset.acquire(environment: environment, progress: progress.show)
    } catch let error as DataError {
      guard error.kind == .unavailable, let fallback = plan.fallback,
        let component = plan.experiment.data.fallback
      else { throw InputError("\(error)", at: requested.origin.range) }
      warn(
        "'\(requested.name)' cannot be had; this run uses '\(component.name)' instead",
        because: error.reason)
      do {
        return try await fallback.acquire(environment: environment, progress: progress.show)
      } catch let error as DataError {
        throw InputError("\(error)", at: component.origin.range)
      }
    }
  }

  /// Says a warning now, in `run.json` with its reason, and once more at the end.
  private func warn(_ text: String, because reason: String) {
    warnings.append(Warning(text: text, reason: reason))
    reporter.warn(text + "\n  " + reason)
  }

  private var recordedWarnings: [String] { warnings.map { "\($0.text) (\($0.reason))" } }

  private struct Warning {
    var text: String
    var reason: String
  }

  /// Creates the run directory with everything that is known before the first step.
  private func prepare(
    _ dataset: AcquiredDataset, _ engine: EngineDescription, _ git: GitState?
  ) throws -> RunDirectory {
    let experiment = plan.experiment
    let device = try device(engine)
    var weights: RunInfo.Weights?
    if let reference = experiment.weights {
      weights = RunInfo.Weights(
        path: reference.path, sha256: try StateDictFile(reading: reference.path).sha256())
    }
    let identity = try Identity(
      configuration: plan.loaded.resolved, dataset: dataset.fingerprint, weights: weights?.sha256,
      libtorch: engine.libtorch)
    let source = try FileReading.bytes(of: experimentPath)
    let run = try RunDirectory.create(
      in: runsDirectory, name: experiment.name, identity: identity)
    do {
      return try fill(run, source, dataset, engine, identity, device, weights, git)
    } catch {
      // Without run.json it would be no run, only a folder that looks like one.
      run.remove()
      throw error
    }
  }

  private func fill(
    _ run: RunDirectory, _ source: [UInt8], _ dataset: AcquiredDataset,
    _ engine: EngineDescription, _ identity: Identity, _ device: String,
    _ weights: RunInfo.Weights?, _ git: GitState?
  ) throws -> RunDirectory {
    let experiment = plan.experiment
    try run.write([source], to: "experiment.yaml")
    try run.write(
      ResolvedYAML.render(plan.loaded.resolved, source: plan.loaded.source), to: "resolved.yaml")
    if let patch = git?.patch { try run.write([patch], to: "source.patch") }
    let info = RunInfo(
      status: .running, identity: identity.hex, name: experiment.name, seed: experiment.seed,
      command: CommandLine.arguments, git: git?.source,
      dataset: RunInfo.Dataset(
        requested: experiment.data.dataset.name, used: dataset.name,
        fingerprint: dataset.fingerprint, origin: dataset.origin.rawValue,
        files: ImageFileRole.allCases.map {
          RunInfo.Dataset.File(path: dataset[$0].path, sha256: dataset[$0].sha256)
        }),
      weights: weights, versions: RunInfo.Versions(libtorch: engine.libtorch),
      host: HostName.current, cpu: Machine.processor, cpuCapability: engine.cpuCapability,
      device: device, threads: experiment.threads,
      warnings: recordedWarnings,
      started: UTCTime.iso(UTCTime.now()))
    try run.write(json: info, to: "run.json")
    let parameters = NumberText.grouped(plan.graph.parameterCount)
    reporter.say(
      "\(experiment.name) · \(dataset.name) · \(parameters) parameters · \(device), "
        + "\(experiment.threads) \(experiment.threads == 1 ? "thread" : "threads")")
    return run
  }

  private func device(_ engine: EngineDescription) throws -> String {
    let asked = plan.experiment.device
    if asked == "auto" {
      if let problem = engine.cudaProblem {
        warn(
          "CUDA's library is there but cannot be used; this run uses the CPU", because: problem)
      }
      return engine.automaticDevice
    }
    let wanted = asked == "cuda" ? "cuda:0" : asked
    guard engine.devices.contains(wanted) else {
      throw InputError(
        "the device '\(asked)' is not there; this machine has "
          + engine.devices.joined(separator: ", "),
        at: plan.loaded.resolved["device"]?.range)
    }
    return wanted
  }

  // MARK: After

  /// Draws the plots. A run without them is as good otherwise, so that what goes wrong is said and no
  /// more.
  private func draw(_ run: RunDirectory) async {
    var details = Plots.Details()
    do {
      if let test = testData { details.mistakes = try mistakes(run, test.load(.test)) }
      let outcome = try await Plots.write(for: run, details)
      if outcome.files.isEmpty, let reason = outcome.skipped.first(where: { $0.plot == "plots" }) {
        warn("no plots were drawn", because: reason.reason)
      }
    } catch {
      warn("the plots are not complete", because: "\(error)")
    }
  }

  private func writePage(_ run: RunDirectory) {
    do {
      try ReportPage.write(for: run)
    } catch {
      reporter.warn("report.html could not be written\n  \(error)")
    }
  }

  private func mistakes(
    _ run: RunDirectory, _ images: LabelledImages
  ) throws -> [LabelledPicture] {
    guard let table = try run.readPredictions()["test"] else { return [] }
    let size = images.channels * images.height * images.width
    return table.mostConfidentMistakes().map { row in
      let start = table.indices[row] * size
      return LabelledPicture(
        pixels: Array(images.pixels[start..<(start + size)]), width: images.width,
        height: images.height, channels: images.channels, label: table.labels[row],
        predicted: table.predictions[row],
        probability: Double(table.probabilities[row * table.classes + table.predictions[row]]))
    }
  }

  private func close(_ run: RunDirectory, _ status: RunInfo.Status, _ failure: String?) throws {
    var info = try run.readInfo()
    info.status = status
    info.ended = UTCTime.iso(UTCTime.now())
    info.failure = failure
    info.warnings = recordedWarnings
    try run.write(json: info, to: "run.json")
  }

  /// Records why a run did not finish, and says it.
  private func end(
    _ run: RunDirectory, _ ending: WorkerProcess.Ending, _ failure: WorkerFailure?
  ) throws -> any Error {
    defer { writePage(run) }
    switch ending {
    case .interrupted:
      try close(run, .interrupted, "interrupted")
      reporter.warn("interrupted; what was done so far is in \(run.path)")
      return ExitCode(CommandFailure.interrupted)
    case .success, .failure:
      let message = failure?.message ?? "the worker \(ending.inWords)"
      try close(run, .failed, message)
      reporter.say("  " + TerminalText.printable(run.path))
      if let failure, failure.exitCode == CommandFailure.wrongInput {
        return InputError(message)
      }
      return ProgramFault(message)
    }
  }
}

/// Shows a download's progress, a line for what matters.
struct DownloadConsole: Sendable {
  private let terminal: @Sendable (String) -> Void

  init(_ reporter: ConsoleReporter) {
    let sink = reporter.sink
    terminal = { sink($0) }
  }

  func show(_ progress: DownloadProgress) {
    switch progress {
    case .received, .noDataFolder: return
    default: terminal(TerminalText.printable("\(progress)"))
    }
  }
}
