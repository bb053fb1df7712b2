import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Graph
import Logging
import Planning
import RunRecord
import Torch
import Training
import Weights
import WorkerProtocol

/// Runs the training of a run directory: `resolved.yaml` is the experiment, and `run.json` says
/// where the data is. If there is a checkpoint, training resumes from it.
struct Job {
  let run: RunDirectory
  private let untilEpoch: Int?
  let output: EventOutput
  let work: WorkReport
  let stores: JobStores
  let log: Logger
  private let logProblem: @Sendable () -> FileError?

  init(_ request: TrainingRequest, output: EventOutput) throws {
    run = request.run
    untilEpoch = request.untilEpoch
    self.output = output
    work = WorkReport(output)
    (log, logProblem) = try RunLog.open(for: run)
    stores = JobStores(output: output, log: log)
  }

  func run() async throws {
    let lock = try await RunLock.forWorker(run)
    defer { lock.release() }
    do {
      try await compute()
      log.info("finished")
      if let problem = logProblem() { throw problem }
    } catch is TrainingInterrupted {
      log.info("interrupted")
      throw TrainingInterrupted()
    } catch {
      log.error("\(FailureReport.describe(error).message)")
      throw error
    }
  }

  private func compute() async throws {
    var profile = ProfileClock()
    let info = try run.readInfo()
    let plan = try plan()
    let device = try device(plan, info)
    for warning in info.warnings { log.warning("\(warning)") }

    profile.cut("worker: plan")
    let data = try await JobData(plan, info, of: run, stores.loading())
    profile.cut("data")
    try compute(plan, info, data, device, &profile)
  }

  /// All computation. Not `async`, because rounding modes and thread counts are per-thread
  /// settings, and after an `await` the code may run on another thread.
  private func compute(
    _ plan: Plan, _ info: RunInfo, _ data: JobData, _ device: Device, _ profile: inout ProfileClock
  ) throws {
    try prepareEngine(plan, info, device)
    let used = try UsedData(data, plan, info, of: run)
    for text in used.warnings { try warn(text) }
    profile.cut("duplicates")
    var checkpoints = Checkpoints(run)
    let checkpoint = try checkpoint(info, in: &checkpoints)
    let (job, test) = try JobPreparation(
      run, plan, info, data, device, output: output, work: work, stores: stores, log: log
    )
    .job(from: checkpoint)
    profile.cut(plan.frozenPrefix == nil ? "data to the device" : "frozen layers")
    if job.totalSteps == 0, job.epochs > 0 {
      throw InputError(
        "there are no training steps: \(job.trainIndices.count) training examples do not fill one "
          + "batch of \(job.batchSize), and drop_last drops it")
    }
    try output.send(
      .begin(
        JobSize(
          trainExamples: data.trainIndices.count, validationExamples: data.validationIndices.count,
          testExamples: data.test.count, epochs: job.epochs, stepsPerEpoch: job.stepsPerEpoch,
          totalSteps: job.totalSteps, choosesEpoch: job.selection.choosesEpoch && job.swa == nil,
          averagedFrom: job.swa?.startEpoch, mixes: job.mixing?.name,
          teacher: plan.experiment.teacher?.run,
          score: EpochScore(job.task))))
    log.info(
      """
      \(data.trainIndices.count) training, \(data.validationIndices.count) validation, \
      \(data.test.count) test examples
      """)

    let files = try RunFiles(
      run, info, interval: plan.experiment.checkpoints, totalSteps: job.totalSteps,
      frozen: job.frozenWeights, keepsFinal: plan.experiment.keepsFinalCheckpoint, output: output,
      work: work,
      resuming: checkpoint, in: checkpoints, warn: warn)
    for problem in files.problems { try warn(problem) }
    let trainer = try trainer(job, from: checkpoint, info)
    log.info("steps by \(trainer.isCompiled ? "kernels for this model" : "LibTorch's autograd")")
    let weights = WeightFiles(run: run, frozen: job.frozenWeights)
    let result: Trainer.Result
    do {
      result = try trainer.run(files, until: untilEpoch)
    } catch let failure where failure is TrainingFailure || failure is InputError {
      // Keep what was achieved before the training diverged or ran out of values to monitor.
      if let best = try trainer.bestState() {
        try weights.write(best: best)
      }
      throw failure
    }
    profile.cut("checkpoints and logs", apartFrom: files.profile)
    log.info("\(files.checkpointCost)")
    try weights.write(best: result.bestWeights, last: result.lastWeights)
    let record = try used.record()
    let results = JobResults(run, plan, info, test, job, record, from: data, work: work, log: log)
    let (summary, predictions) = try results.write(result, &profile)
    try ExplanationResults(run, plan, info, device, output: output, warn: warn).write(predictions)
    profile.cut("explanations")
    try files.finish(epoch: summary.bestEpoch ?? summary.epochs, predictions, plan.task)
    try files.keepFinalCheckpoint()
    profile.cut("files")
    try output.send(.profile(profile.profile))
    try output.send(.end(summary))
  }

  /// Creates the trainer.
  ///
  /// - Throws: ``FileError`` that names the checkpoint file that does not fit; if it was copied
  ///   from another run, that run's file.
  private func trainer(
    _ job: TrainingJob, from checkpoint: JobCheckpoint?, _ info: RunInfo
  ) throws -> Trainer {
    do {
      return try Trainer(job, from: checkpoint?.snapshot)
    } catch let failure as TrainingFailure {
      guard let checkpoint else { throw failure }
      var path = checkpoint.path
      if let parent = info.parent, parent.epochs == checkpoint.state.progress.epochs {
        let run = RunDirectory(path: parent.run)
        if FinalCheckpoint.exists(in: run) { path = FinalCheckpoint.path(in: run) }
      }
      throw FileError(path: path, reason: failure.description)
    }
  }

  /// Warns the user, and records the warning in the log.
  private func warn(_ text: String) throws {
    log.warning("\(text)")
    try output.send(.warning(text))
  }

  func plan() throws -> Plan {
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      of: run, processors: 1, needsWeights: false,
      progress: { [work] in work.show($0, $1, of: $2) }, diagnostics: diagnostics)
    guard let plan else { throw InputError(diagnostics.sorted) }
    return plan
  }

  func device(_ plan: Plan, _ info: RunInfo) throws -> Device {
    guard let device = Device(info.device) else {
      throw FileError(
        path: run.file("run.json"), reason: "is damaged: device: '\(info.device)' is not a device")
    }
    guard info.versions.libtorch == Runtime.version else {
      throw InputError(
        "the run was planned for LibTorch \(info.versions.libtorch), but this worker has "
          + Runtime.version)
    }
    try plan.check(device: info.device)
    return device
  }

  func prepareEngine(_ plan: Plan, _ info: RunInfo, _ device: Device) throws {
    let threads = plan.experiment.threads
    let precision = plan.experiment.precision
    try Runtime.setThreadCount(threads)
    try Runtime.setDeterministic(true, allowTF32: precision.allowsTF32(on: device))
    Runtime.setFlushDenormal(true)
    log.info(
      """
      LibTorch \(Runtime.version) (\(Runtime.cpuCapability)) on \(device), \
      \(precision.rawValue), \(threads) threads, data \(info.dataset.used)
      """)
  }

  /// The newest complete checkpoint; `nil` if training starts from the beginning.
  ///
  /// - Throws: ``InputError`` if none is complete and some could not be read, since those may be
  ///   complete.
  private func checkpoint(
    _ info: RunInfo, in checkpoints: inout Checkpoints
  ) throws -> JobCheckpoint? {
    let search = try checkpoints.search()
    if search.newest == nil, let problem = search.readErrors.first {
      throw InputError(
        "\(problem): no checkpoint of '\(run.path)' can be used; when it can be read again, "
          + "'runner resume' continues from it, and without '\(run.file("checkpoints"))' training "
          + "starts from the beginning")
    }
    for problem in search.damage {
      try warn(
        "\(problem); "
          + (search.newest == nil ? "no intact one is left" : "an older one is used"))
    }
    for problem in search.readErrors {
      try warn("\(problem); an older checkpoint is used, and this one is kept as '….unreadable'")
    }
    if search.newest == nil, !search.damage.isEmpty {
      try warn("no checkpoint is intact: training starts over")
    }
    let epochs = try run.folder.size(of: "metrics.jsonl") ?? 0
    if search.newest == nil, search.damage.isEmpty, epochs > 0 {
      try warn(
        "'\(run.path)' has trained epochs, but there is no checkpoint in "
          + "'\(run.file("checkpoints"))': training starts over")
    }
    if search.newest == nil, let parent = info.parent, parent.epochs > 0,
      info.identifiedBy?.parent != nil
    {
      throw InputError(
        "the checkpoint that '\(run.path)' continues from is missing, and its result depends on it",
        hint: "continue '\(parent.run)' again")
    }
    let checkpoint = try search.newest.map { found in
      let checkpoint = try JobCheckpoint(found)
      guard checkpoint.state.identity == info.identity,
        checkpoint.state.progress.step == found.step
      else {
        throw InputError("the checkpoint of step \(found.step) belongs to another run")
      }
      log.info("resuming from step \(found.step)")
      return checkpoint
    }
    try checkpoints.resume(from: search)
    return checkpoint
  }
}
