import DataSchema
import Datasets
import Diagnostics
import ExampleStore
import Execution
import ExperimentConfig
import FeatureCache
import Files
import FoundationEssentials
import Graph
import Logging
import Planning
import RunRecord
import Splits
import Tasks
import Torch
import Training
import Transforms
import Weights
import WorkerProtocol

/// Prepares the training of a run directory: its data, initial weights, and one-time computations.
struct JobPreparation {
  private let run: RunDirectory
  private let plan: Plan
  private let info: RunInfo
  private let data: JobData
  private let device: Device
  private let output: EventOutput
  private let work: WorkReport
  private let stores: JobStores
  private let log: Logger
  private let clock = ContinuousClock()

  init(
    _ run: RunDirectory, _ plan: Plan, _ info: RunInfo, _ data: JobData, _ device: Device,
    output: EventOutput, work: WorkReport, stores: JobStores, log: Logger
  ) {
    self.run = run
    self.plan = plan
    self.info = info
    self.data = data
    self.device = device
    self.output = output
    self.work = work
    self.stores = stores
    self.log = log
  }

  /// The training, and the examples of the final test.
  ///
  /// - Parameter checkpoint: the state from which the training resumes.
  func job(
    from checkpoint: JobCheckpoint?
  ) throws -> (training: TrainingJob, test: ExampleSet) {
    let threads = plan.experiment.threads
    let transforms = try fittedTransforms()
    let loading = try stores.loading()
    let fitted = try data.train.fit(data.trainIndices)
    if let fitted { try run.write([fitted], to: RunDirectory.fittedInputs) }
    func examples(_ source: any ExampleSource) throws -> ExampleSet {
      let source = try fitted.map(source.applying) ?? source
      return try ExampleSet(
        source, transforms, isCategory: plan.task.targetsAreClasses, device: device,
        threads: threads, loading: loading)
    }
    let (train, test) = (try examples(data.train), try examples(data.test))
    var job = TrainingJob(
      plan, device: device, examples: train, trainIndices: data.trainIndices,
      validationIndices: data.validationIndices)
    job.fold = info.fold ?? 0
    job.frozenPrefix = plan.frozenPrefix
    job.selection = data.selection
    job.sampler = try sampler()
    job.recordsSteps = recordsSteps
    try takeWeights(&job, checkpoint)
    job.teacher = try plan.experiment.teacher.map { try Teacher($0, device: device) }
    guard let prefix = plan.frozenPrefix, job.keepsFeatures else {
      return (job, test)
    }
    let features = try features(
      of: train, test, behind: prefix, transforms,
      fitted: fitted.map { String(decoding: $0, as: UTF8.self) } ?? "", job)
    job.examples = features.train
    return (job, features.test)
  }

  /// Whether the user asked for CUDA graphs, and there are any.
  private var recordsSteps: Bool {
    guard case .cuda = device, ProcessInfo.processInfo.environment["RUNNER_CUDA_GRAPHS"] == "1"
    else { return false }
    if RecordedOperations.areAvailable(on: device) { return true }
    stores.warn("this build has no CUDA graphs (docs/gpu.md): steps are launched one by one")
    return false
  }

  /// What draws the examples of an epoch; `nil` if each comes once.
  private func sampler() throws -> WeightedSampler? {
    switch plan.experiment.data.sampler {
    case nil: return nil
    case .balanced?:
      let labels = data.train.targets.classNumbers
      return WeightedSampler(balancing: data.trainIndices.map { labels[$0] })
    case .weights(let name)?:
      let range = plan.experiment.data.samplerRange
      do {
        let texts = try data.train.column(name)
        let weights = try data.trainIndices.map { index in
          guard let weight = Double(texts[index]) else {
            throw DataError(
              path: name, reason: "training example \(index) has the weight '\(texts[index])'")
          }
          return weight
        }
        return try WeightedSampler(weights: weights)
      } catch let error as DataError {
        throw InputError("\(error)", at: range)
      } catch let error as SamplingError {
        throw InputError("\(error)", at: range)
      }
    }
  }

  /// Sets the initial weights that the checkpoint does not contain. A run whose checkpoint has all
  /// of them resumes even if the weight file no longer exists.
  private func takeWeights(_ job: inout TrainingJob, _ checkpoint: JobCheckpoint?) throws {
    guard let weights = info.weights, let path = weights.path else { return }
    if let checkpoint {
      if let frozen = checkpoint.frozen {
        let shapes = Dictionary(plan.graph.parameters.map { ($0.name, $0.spec.shape) }) { a, _ in a
        }
        for entry in frozen where shapes[entry.name] != entry.shape {
          throw InputError("the frozen weights of the checkpoint do not match '\(entry.name)'")
        }
        job.initialWeights = frozen
        job.replacedHead = Set(plan.graph.parameters.map(\.name)).subtracting(frozen.map(\.name))
        return
      }
      if job.unchangedNames.isEmpty { return }
    }
    guard RunCatalog.isFile(path) else {
      throw InputError("the weights that the run started from are missing: \(path)")
    }
    let file = try StateDictFile(reading: path)
    guard try file.sha256() == weights.sha256 else {
      throw InputError("\(path): has changed since this run began")
    }
    (job.initialWeights, job.replacedHead) = try file.entries(
      for: plan.graph, plan.experiment.weights)
    if !job.replacedHead.isEmpty {
      let names = job.replacedHead.sorted().joined(separator: ", ")
      log.info("not in the weights, or of another size; starts from random values: \(names)")
    }
  }

  /// The transforms with the values that are found from this job's training examples, which
  /// `normalization.json` then holds.
  private func fittedTransforms() throws -> TransformPipeline? {
    var found: [ChannelStatistics] = []
    let threads = plan.experiment.threads
    let transforms = try plan.transforms?.fitted { before in
      let (source, rest) = try stores.loading().prepared(data.train, before, threads: threads)
      let values = try ChannelStatistics(
        source, data.trainIndices, behind: rest, threads: threads
      ) { work.show("mean and deviation", $0, of: data.trainIndices.count) }
      if let channel = values.std.firstIndex(where: { !($0 > 0) }) {
        throw InputError(
          "normalize: {fit: train} would divide by zero: channel \(channel) of the training "
            + "examples is constant")
      }
      found.append(values)
      return (mean: values.mean.map(Float.init), std: values.std.map(Float.init))
    }
    if !found.isEmpty { try run.write(json: NormalizationFile(found), to: NormalizationFile.name) }
    return transforms
  }

  /// The output of the frozen layers for all examples.
  private func features(
    of train: ExampleSet, _ test: ExampleSet, behind prefix: FrozenPrefix,
    _ transforms: TransformPipeline?, fitted fittedText: String, _ job: TrainingJob
  ) throws -> (train: ExampleSet, test: ExampleSet) {
    let pass = FeaturePass(
      try job.makeModel(), prefix, store: try stores.features(),
      // Libraries choose kernels by the exact processor model; GPUs are only distinguished by host.
      engine: "LibTorch \(Runtime.version) \(Runtime.cpuCapability), \(device) of "
        + "\(device == .cpu ? info.cpu : info.host), \(plan.experiment.threads) threads"
        + (plan.experiment.precision.allowsTF32(on: device) ? ", tf32" : ""))
    let start = clock.now
    var computed = 0
    func features(
      of examples: ExampleSet, _ source: any ExampleSource, _ part: String, from first: Int,
      of total: Int
    ) throws -> ExampleSet {
      var throttle = ProgressThrottle()
      let features = try pass.features(
        of: examples,
        data: "\(source.fingerprint)\n"
          + (transforms?.fingerprintText ?? "as read\n" + fittedText),
        description: FeatureDescription(
          dataset: "\(info.dataset.used) \(part)", model: plan.experiment.name,
          layers: "up to \(plan.graph.nodes[prefix.end].path)"),
        progress: { progress in
          computed += progress.batch
          if Interruption.isRequested { throw TrainingInterrupted() }
          if first + progress.done < total, throttle.isDue(false) {
            try report(first + progress.done, total, computed, since: start)
          }
        },
        waiting: { log.info("another process is computing these features") },
        warn: stores.warn)
      return try ExampleSet(features, of: examples, device: device)
    }
    let total = data.train.count + data.test.count
    let result = (
      train: try features(of: train, data.train, "training", from: 0, of: total),
      test: try features(of: test, data.test, "test", from: data.train.count, of: total)
    )
    try report(total, total, computed, since: start)
    log.info(
      """
      frozen layers: \(computed) of \(total) examples computed in \
      \(start.duration(to: clock.now).seconds) s
      """)
    return result
  }

  private func report(
    _ done: Int, _ total: Int, _ computed: Int, since start: ContinuousClock.Instant
  ) throws {
    try output.send(
      .features(
        FeatureProgress(
          done: done, total: total, computed: computed,
          seconds: start.duration(to: clock.now).seconds)))
  }
}
