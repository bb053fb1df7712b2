import Datasets
import Diagnostics
import Downloads
import ExperimentConfig
import Files
import Graph
import Planning
import Pretrained
import Reporting
import RunRecord
import Weights

/// From a proven plan to a run directory that any worker can carry out.
package struct RunPreparation {
  private let plan: Plan
  private let source: [UInt8]
  private let path: String
  private let context: RunContext
  /// Another machine computes, with devices that are not known here.
  package var isElsewhere = false
  /// What `resolved.yaml` holds; the rendered experiment if `nil`.
  package var resolvedText: String?
  /// The run that the new one continues.
  package var parent: RunInfo.Parent?
  /// What of its weights' training the parent knows to be held out here.
  package var parentLeakage: RunInfo.Leakage?
  /// Whether the result is the same as without a parent.
  package var isExactContinuation = true
  /// Whether a person wants the end. Ctrl-C ends transfers as well, and what it ended is no reason to
  /// take something else.
  package var isInterrupted: @Sendable () async -> Bool = { false }

  /// - Parameters:
  ///   - source: the experiment file, byte for byte.
  ///   - path: where it lies.
  package init(_ plan: Plan, source: [UInt8], path: String, _ context: RunContext) {
    self.plan = plan
    self.source = source
    self.path = path
    self.context = context
  }

  package init(_ plan: Plan, experimentPath: String, _ context: RunContext) throws {
    self.init(
      plan, source: try FileReading.bytes(of: experimentPath), path: experimentPath, context)
  }

  /// What a run computes on, found or downloaded.
  package struct Inputs: Sendable {
    package let dataset: AcquiredDataset
    package let weights: RunInfo.Weights?
    package let git: GitState?
  }

  // MARK: Data and weights

  /// - Parameter recorded: what an earlier run computed on, which is then taken and nothing else.
  package func acquireInputs(_ recorded: RunInfo? = nil) async throws -> Inputs {
    if let recorded { return try await acquireInputs(of: recorded) }
    let dataset = try await acquireDataset()
    let weights = try await acquireWeights()
    let git = await GitState.read(besides: path)
    if let problem = git?.problem { context.warn(problem, because: "source.patch is left out") }
    return Inputs(dataset: dataset, weights: weights, git: git)
  }

  /// Files that have moved are looked for as at the first time; others than then are refused.
  private func acquireInputs(of recorded: RunInfo) async throws -> Inputs {
    let git = await GitState.read(besides: path)
    try checkFiles(of: recorded)
    var weights = recorded.weights
    if let path = weights?.path, !RunCatalog.isFile(path) {
      weights = try await acquireWeights()
      guard weights?.sha256 == recorded.weights?.sha256 else {
        throw InputError("the weights that the run began with are not there: \(path)")
      }
    }
    if recorded.dataset.files.allSatisfy({ RunCatalog.isFile($0.path) }) {
      return Inputs(dataset: try dataset(of: recorded), weights: weights, git: git)
    }
    let dataset = try await acquireDataset()
    guard dataset.fingerprint == recorded.dataset.fingerprint else {
      throw InputError(
        "the data that the run computed on ('\(recorded.dataset.used)') are not there; "
          + "'\(dataset.name)' has other files")
    }
    return Inputs(dataset: dataset, weights: weights, git: git)
  }

  /// What a run computes on, whose files are known to be those that it began with. Weights need not be
  /// there any more: its checkpoint has them.
  package func inputs(of recorded: RunInfo) async throws -> Inputs {
    try checkFiles(of: recorded)
    return Inputs(
      dataset: try dataset(of: recorded), weights: recorded.weights,
      git: await GitState.read(besides: path))
  }

  private func dataset(of recorded: RunInfo) throws -> AcquiredDataset {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return try AcquiredDataset(
      recorded.dataset, classes: plan.dataset.facts.classes,
      in: RunDirectory(path: folder.joined(separator: "/")))
  }

  /// - Throws: ``InputError`` at the line that names a file with other contents than then.
  private func checkFiles(of recorded: RunInfo) throws {
    let hashes = (recorded.files ?? []).hashes
    for file in try plan.loaded.decidingFiles() {
      guard let hash = hashes[file.key], hash != file.sha256 else { continue }
      throw InputError(
        "\(file.path) has other contents than when the run began",
        at: plan.loaded.resolved.decidingPaths.first { $0.key == file.key }?.range,
        hint: "\(file.key) decides about the result; restore the file")
    }
  }

  private func acquireDataset() async throws -> AcquiredDataset {
    let environment = DataEnvironment(
      variables: context.environment, workingDirectory: PathResolution.workingDirectory)
    let requested = plan.experiment.data.dataset
    if let folder = environment.missingDataFolder {
      context.warn("RUNNER_DATA is not used", because: "\(folder) is not a folder")
    }
    let progress = DownloadConsole(context.reporter)
    do {
      return try await plan.dataset.acquire(environment: environment, progress: progress.show)
    } catch let error as DataError {
      guard error.kind == .unavailable, let fallback = plan.fallback,
        let component = plan.experiment.data.fallback
      else { throw InputError("\(error)", at: requested.origin.range) }
      if await isInterrupted() { throw QuietExit(ExitStatus.interrupted) }
      context.warn(
        "'\(requested.name)' is not available; this run uses '\(component.name)' instead",
        because: error.reason)
      do {
        return try await fallback.acquire(environment: environment, progress: progress.show)
      } catch let error as DataError {
        throw InputError("\(error)", at: component.origin.range)
      }
    }
  }

  /// Whether the examples can be divided as the experiment says, which only their labels show. Warns of
  /// what does not suit their number.
  ///
  /// - Throws: ``InputError`` with the place of what does not fit.
  package func checkSplit(of inputs: Inputs) throws {
    do {
      for warning in try plan.check(labels: inputs.dataset.labels(.train)) {
        context.warn(warning.message, because: warning.range.map { "\($0)" } ?? "the experiment")
      }
    } catch let error as DataError {
      throw InputError("\(error)", at: plan.experiment.data.dataset.origin.range)
    }
  }

  private func acquireWeights() async throws -> RunInfo.Weights? {
    guard let weights = plan.weights else { return nil }
    let name = weights.source.inWords
    if let path = weights.path {
      return try record(weights.source, path)
    }
    guard let model = weights.pretrained else { return nil }
    guard let published = PretrainedWeights.named(model) else {
      let known = PretrainedWeights.all.map(\.model).joined(separator: ", ")
      throw InputError(
        "there are no published weights of '\(model)'", at: weights.source.range,
        hint: "there are of \(known)")
    }
    let progress = DownloadConsole(context.reporter)
    do {
      let folders = LocalFolders(
        variables: context.environment, workingDirectory: PathResolution.workingDirectory)
      let found = try await published.acquire(in: folders) { progress.show($0) }
      return try record(weights.source, found.path)
    } catch let error as PretrainedError {
      guard error.kind == .unavailable, weights.source.fallsBackToRandom else {
        throw InputError("\(error)", at: weights.source.range)
      }
      if await isInterrupted() { throw QuietExit(ExitStatus.interrupted) }
      context.warn(
        "the weights '\(name)' of \(model) are not available; this run starts from random ones",
        because: "\(error)")
      return RunInfo.Weights(source: name, used: "random", path: nil, sha256: nil)
    }
  }

  /// Reads the weights through: they are hashed, and none may be NaN or infinite.
  private func record(_ source: WeightsSource, _ path: String) throws -> RunInfo.Weights {
    do {
      let file = try StateDictFile(reading: path)
      let match = try file.match(plan.graph, source)
      let sha256 = try file.sha256()
      if case .run = source.kind { try RecordedWeights.check(path, sha256: sha256) }
      for tensor in match.loaded { _ = try file.entry(tensor) }
      return RunInfo.Weights(
        source: source.inWords, used: source.inWords, path: path, sha256: sha256,
        notes: match.notes)
    } catch let error as FileError {
      throw InputError("\(error)", at: source.range)
    }
  }

  // MARK: The directory

  /// Creates the run directory with everything that is known before the first step.
  ///
  /// - Parameter create: makes the directory, from the identity.
  package func prepare(
    _ inputs: Inputs, _ engine: EngineDescription,
    create: (Identity) throws -> RunDirectory
  ) throws -> RunDirectory {
    let device = try device(engine)
    let weights = inputs.weights
    let leakage = try plan.leakage(of: weights, on: inputs.dataset)
    if let warning = leakage?.warning, let path = weights?.path {
      context.warn(warning, because: "the weights are \(path)")
    }
    let files = try plan.loaded.decidingFiles()
    let identity = try Identity(
      configuration: plan.loaded.resolved, dataset: inputs.dataset.fingerprint,
      weights: weights?.sha256 ?? weights?.used, libtorch: engine.libtorch, files: files.hashes,
      parent: isExactContinuation
        ? nil : parent.map { Identity.Parent(identity: $0.identity, epochs: $0.epochs) })
    let run = try create(identity)
    do {
      try run.write([source], to: "experiment.yaml")
      try run.write(
        resolvedText ?? ResolvedYAML.render(plan.loaded.resolved, source: plan.loaded.source),
        to: "resolved.yaml")
      if let patch = inputs.git?.patch { try run.write([patch], to: "source.patch") }
      var info = info(inputs, engine, identity, device)
      info.leakage = leakage ?? parentLeakage
      info.files = files.isEmpty ? nil : files
      info.parent = parent
      try run.write(json: info, to: "run.json")
    } catch {
      // Without run.json it would be no run, only a folder that looks like one.
      run.remove()
      throw error
    }
    return run
  }

  /// Records that a run goes on with other things than it began with, a person having allowed it.
  ///
  /// - Parameter parts: its directory and those of its folds. The identity stays: it says what was
  ///   asked for, and the warnings in `run.json` what became of it.
  package func adopt(
    _ engine: EngineDescription, _ differences: [RecordedEnvironment.Difference],
    in parts: [RunDirectory]
  ) async throws {
    let changed = Set(differences.map(\.part))
    let inputs = changed.contains(.data) ? try await acquireInputs() : nil
    let files = changed.contains(.data) ? try plan.loaded.decidingFiles() : []
    let device = try device(engine)
    for part in parts {
      var info = try part.readInfo()
      if changed.contains(.program) { info.versions = RunInfo.Versions(libtorch: engine.libtorch) }
      if changed.contains(.machine) {
        info.cpu = Machine.processor
        info.cpuCapability = engine.cpuCapability
        info.host = HostName.current
        if !engine.devices.contains(info.device) { info.device = device }
      }
      if let inputs {
        info.dataset = RunInfo.Dataset(
          inputs.dataset, requested: plan.experiment.data.dataset.name)
        if plan.weights != nil { info.weights = inputs.weights }
        info.files = files.isEmpty ? nil : files
      }
      let adopted = changed.subtracting([.machine]).map(\.rawValue)
      info.adopted = Set(info.adopted ?? []).union(adopted).sorted()
      for warning in context.recordedWarnings where !info.warnings.contains(warning) {
        info.warnings.append(warning)
      }
      try part.write(json: info, to: "run.json")
    }
  }

  /// Records that a run begins on this machine, whichever it was prepared on. Of what has begun
  /// already nothing changes.
  package func settle(_ engine: EngineDescription, in part: RunDirectory) throws {
    var info = try part.readInfo()
    guard info.status == .queued else { return }
    info.host = HostName.current
    info.cpu = Machine.processor
    info.cpuCapability = engine.cpuCapability
    info.device = try device(engine)
    try part.write(json: info, to: "run.json")
  }

  /// What the run begins with, in one line.
  package func announce(_ inputs: Inputs, device: String) {
    let experiment = plan.experiment
    var facts = [experiment.name, inputs.dataset.name]
    let all = NumberText.grouped(plan.graph.parameterCount)
    facts.append(
      plan.trainableCount == plan.graph.parameterCount
        ? "\(all) parameters"
        : "\(NumberText.grouped(plan.trainableCount)) of \(all) parameters")
    if let weights = inputs.weights { facts.append("weights: \(weights.used)") }
    if let folds = experiment.data.split.folds {
      facts.append(
        "\(folds.count) folds" + (folds.repeats > 1 ? " × \(folds.repeats)" : ""))
    } else if case .seeds(let seeds)? = experiment.parts {
      facts.append("\(seeds.count) seeds")
    }
    if experiment.precision != .float32 { facts.append(experiment.precision.rawValue) }
    facts.append(
      "\(device), \(experiment.threads) \(experiment.threads == 1 ? "thread" : "threads")")
    context.reporter.say(facts.joined(separator: " · "))
    for note in inputs.weights?.notes ?? [] { context.reporter.say("weights: \(note)") }
  }

  private func info(
    _ inputs: Inputs, _ engine: EngineDescription, _ identity: Identity, _ device: String
  ) -> RunInfo {
    let experiment = plan.experiment
    var info = RunInfo(
      status: .queued, identity: identity.hex, name: experiment.name, seed: experiment.seed,
      command: CommandLine.arguments, git: inputs.git?.source,
      dataset: RunInfo.Dataset(inputs.dataset, requested: experiment.data.dataset.name),
      weights: inputs.weights, versions: RunInfo.Versions(libtorch: engine.libtorch),
      host: HostName.current, cpu: Machine.processor, cpuCapability: engine.cpuCapability,
      device: device, threads: experiment.threads, precision: experiment.precision.rawValue,
      warnings: context.recordedWarnings,
      started: UTCTime.iso(UTCTime.now()))
    info.identifiedBy = identity.parts
    return info
  }

  /// The device of the run, on which its precision is possible.
  private func device(_ engine: EngineDescription) throws -> String {
    let found = try foundDevice(engine)
    try plan.check(device: found)
    return found
  }

  private func foundDevice(_ engine: EngineDescription) throws -> String {
    let asked = plan.experiment.device
    if asked == "auto" {
      if let problem = engine.cudaProblem {
        context.warn(
          "CUDA's library is there but cannot be used; this run uses the CPU", because: problem)
      }
      return engine.automaticDevice
    }
    let wanted = asked == "cuda" ? "cuda:0" : asked
    guard isElsewhere || engine.devices.contains(wanted) else {
      throw InputError(
        "the device '\(asked)' is not there; this machine has "
          + engine.devices.joined(separator: ", "),
        at: plan.loaded.resolved["device"]?.range)
    }
    return wanted
  }
}

extension WeightsSource {
  /// As the experiment names it.
  package var inWords: String {
    switch kind {
    case .file(let path): path
    case .pretrained(let name): name
    case .run(let run, let epoch): "\(epoch.rawValue) of \(run)"
    }
  }
}

/// Shows a download's progress, a line for what matters.
package struct DownloadConsole: Sendable {
  private let terminal: @Sendable (String) -> Void

  package init(_ reporter: ConsoleReporter) {
    let sink = reporter.sink
    terminal = { sink($0) }
  }

  package func show(_ progress: DownloadProgress) {
    switch progress {
    case .received, .noDataFolder: return
    default: terminal(TerminalText.printable("\(progress)"))
    }
  }

  package func show(_ progress: PretrainedProgress) {
    if case .transfer(.received) = progress { return }
    terminal(TerminalText.printable("\(progress)"))
  }
}
