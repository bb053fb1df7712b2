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

/// Carries out the job of a run directory: `resolved.yaml` says what, `run.json` where the data lie.
struct Job {
  private let run: RunDirectory
  private let output: EventOutput
  private let log: Logger

  init(_ run: RunDirectory, output: EventOutput) throws {
    self.run = run
    self.output = output
    log = try RunLog.logger(for: run)
  }

  func run() async throws {
    do {
      try await compute()
      log.info("finished")
    } catch {
      log.error("\(FailureReport.describe(error).message)")
      throw error
    }
  }

  private func compute() async throws {
    let info = try run.readInfo()
    let plan = try plan()
    let experiment = plan.experiment
    guard let device = Device(info.device) else {
      throw ProgramFault("run.json names the device '\(info.device)'")
    }
    guard info.versions.libtorch == Runtime.version else {
      throw InputError(
        "the run was planned for LibTorch \(info.versions.libtorch), this worker has "
          + Runtime.version)
    }
    try Runtime.setThreadCount(experiment.threads)
    try Runtime.setDeterministic(true)
    Runtime.setFlushDenormal(true)
    log.info(
      """
      LibTorch \(Runtime.version) (\(Runtime.cpuCapability)) on \(device), \
      \(experiment.threads) threads, data \(info.dataset.used)
      """)
    for warning in info.warnings { log.warning("\(warning)") }

    let data = try await JobData(plan, info, device: device)
    var job = try TrainingJob(
      experiment, graph: plan.graph, classes: data.classes, device: device,
      examples: data.trainAndValidation, trainIndices: data.trainIndices,
      validationIndices: data.validationIndices)
    job.initialWeights = try initialWeights(experiment, info, plan.graph)
    if job.totalSteps == 0 {
      throw InputError(
        "no step to make: \(job.trainIndices.count) training examples do not fill one batch of "
          + "\(job.batchSize), and drop_last leaves it out")
    }
    try output.send(
      .begin(
        JobSize(
          trainExamples: data.trainIndices.count, validationExamples: data.validationIndices.count,
          testExamples: data.test.count, epochs: job.epochs, stepsPerEpoch: job.stepsPerEpoch,
          totalSteps: job.totalSteps)))
    log.info(
      """
      \(data.trainIndices.count) training, \(data.validationIndices.count) validation, \
      \(data.test.count) test examples
      """)

    let files = try EpochFiles(run, host: info.host)
    var progress = ProgressThrottle()
    let result = try TrainingLoop(job).run(
      onStep: { step in
        if progress.isDue(step.step == job.totalSteps) { try output.send(.step(step)) }
      },
      onEpoch: { end in
        try files.write(end)
        try output.send(.epoch(end.record, end.timing))
      })
    let summary = try JobResults(run, plan, info, data, job, log: log).write(result)
    try files.finish(epoch: summary.bestEpoch)
    try output.send(.end(summary))
  }

  private func plan() throws -> Plan {
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      run.file("resolved.yaml"), environment: [:], processors: 1, diagnostics: diagnostics)
    guard let plan else { throw InputError(diagnostics.sorted) }
    return plan
  }

  private func initialWeights(
    _ experiment: Experiment, _ info: RunInfo, _ graph: Graph
  ) throws -> [SafeTensors.Entry]? {
    guard let reference = experiment.weights else { return nil }
    let file = try StateDictFile(reading: reference.path)
    guard let recorded = info.weights, try file.sha256() == recorded.sha256 else {
      throw FileError(path: reference.path, reason: "has changed since this run began")
    }
    let comparison = file.compare(with: graph.expectedTensors)
    guard comparison.fits else {
      throw FileError(
        path: reference.path,
        reason: "does not fit the model: " + comparison.problems.joined(separator: "; "))
    }
    return try file.entries(named: comparison.loaded)
  }
}

/// Lets a step through every 50 ms, so that watching costs nothing.
struct ProgressThrottle {
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant?

  mutating func isDue(_ isLast: Bool) -> Bool {
    let now = clock.now
    if !isLast, let last, last.duration(to: now) < .milliseconds(50) { return false }
    last = now
    return true
  }
}
