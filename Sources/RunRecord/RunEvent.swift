import ExperimentConfig
import Tasks

/// What a worker says while it computes. The training loop only emits these; the console, the files
/// of the run directory and the front program listen.
package enum RunEvent: Codable, Sendable {
  /// The first word of every worker: what it can compute with.
  case engine(EngineDescription)
  /// The pass through the frozen beginning of the model, before the training.
  case features(FeatureProgress)
  case begin(JobSize)
  case step(StepRecord)
  case epoch(EpochRecord, EpochTiming)
  /// Something a person must not miss.
  case warning(String)
  /// Where the worker's time went, before the end.
  case profile(RunProfile)
  /// A part of the answer to a ``PredictionRequest``.
  case prediction(PredictionEvent)
  /// The answer to a ``TimingRequest``.
  case timing(StepTiming)
  case end(RunSummary)
  case failure(WorkerFailure)
}

package struct EngineDescription: Codable, Sendable, Equatable {
  package var libtorch: String
  /// The vector instructions in use, such as `AVX512`.
  package var cpuCapability: String
  /// `cpu`, then `cuda:0` and so on.
  package var devices: [String]
  /// What `device: auto` becomes.
  package var automaticDevice: String
  /// Why CUDA cannot be used although its library is there.
  package var cudaProblem: String?

  package init(
    libtorch: String, cpuCapability: String, devices: [String], automaticDevice: String,
    cudaProblem: String?
  ) {
    self.libtorch = libtorch
    self.cpuCapability = cpuCapability
    self.devices = devices
    self.automaticDevice = automaticDevice
    self.cudaProblem = cudaProblem
  }
}

package struct FeatureProgress: Codable, Sendable {
  /// Examples whose features are there.
  package var done: Int
  package var total: Int
  /// Computed by this process, without what was found.
  package var computed: Int
  package var seconds: Double

  package init(done: Int, total: Int, computed: Int, seconds: Double) {
    self.done = done
    self.total = total
    self.computed = computed
    self.seconds = seconds
  }
}

package struct JobSize: Codable, Sendable {
  package var trainExamples: Int
  package var validationExamples: Int
  package var testExamples: Int
  package var epochs: Int
  package var stepsPerEpoch: Int
  /// Steps that will be made, fewer than the epochs' where `max_steps` ends training sooner.
  package var totalSteps: Int
  /// Whether an epoch is chosen by validation examples; otherwise the last one counts.
  package var choosesEpoch: Bool
  /// What an epoch shows besides its losses.
  package var score: EpochScore

  package init(
    trainExamples: Int, validationExamples: Int, testExamples: Int, epochs: Int,
    stepsPerEpoch: Int, totalSteps: Int, choosesEpoch: Bool = true, score: EpochScore
  ) {
    self.trainExamples = trainExamples
    self.validationExamples = validationExamples
    self.testExamples = testExamples
    self.epochs = epochs
    self.stepsPerEpoch = stepsPerEpoch
    self.totalSteps = totalSteps
    self.choosesEpoch = choosesEpoch
    self.score = score
  }
}

/// The score that is shown of every epoch: the task's primary one.
package struct EpochScore: Codable, Sendable, Equatable {
  /// As in `metrics.jsonl` behind `val_`.
  package var key: String
  /// Whether it is a share, which people read as a percentage.
  package var isShare: Bool
  /// Whether the steps of the training count it as well, behind `train_`.
  package var isCounted: Bool

  package init(_ task: any Task) {
    key = task.primary
    isShare = type(of: task.primaryMetric).unit == .share
    isCounted = task.runningScore?.key == key
  }
}

package struct StepRecord: Codable, Sendable {
  /// From 1.
  package var epoch: Int
  /// From 1 over the whole training.
  package var step: Int
  /// From 1 within the epoch.
  package var stepInEpoch: Int
  /// The loss of this step's batch.
  package var loss: Double
  /// The mean loss of the epoch so far.
  package var meanLoss: Double
  package var examplesPerSecond: Double

  package init(
    epoch: Int, step: Int, stepInEpoch: Int, loss: Double, meanLoss: Double,
    examplesPerSecond: Double
  ) {
    self.epoch = epoch
    self.step = step
    self.stepInEpoch = stepInEpoch
    self.loss = loss
    self.meanLoss = meanLoss
    self.examplesPerSecond = examplesPerSecond
  }
}

/// One line of `metrics.jsonl`; nothing in it depends on the clock.
package struct EpochRecord: Codable, Sendable, Equatable {
  package var fold: Int
  /// From 1.
  package var epoch: Int
  /// `train_loss`, `val_f1_macro`, `lr` and so on.
  package var values: [String: Double]
  /// By the key that `values` lacks, such as `val_cohen_kappa`: why it has no value.
  package var undefined: [String: String]

  package init(
    fold: Int, epoch: Int, values: [String: Double], undefined: [String: String] = [:]
  ) {
    self.fold = fold
    self.epoch = epoch
    self.values = values
    self.undefined = undefined
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    fold = try container.decode(Int.self, forKey: .fold)
    epoch = try container.decode(Int.self, forKey: .epoch)
    values = [:]
    undefined = try container.decodeIfPresent([String: String].self, forKey: .undefined) ?? [:]
    for key in container.allKeys where key != .fold && key != .epoch && key != .undefined {
      values[key.stringValue] = try container.decode(Double.self, forKey: key)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var all = values.mapValues(JSONValue.number)
    all["fold"] = .integer(fold)
    all["epoch"] = .integer(epoch)
    if !undefined.isEmpty { all["undefined"] = .object(undefined.mapValues(JSONValue.string)) }
    try JSONValue.object(all).encode(to: encoder)
  }

  private struct Key: CodingKey, Equatable {
    static let fold = Key("fold")
    static let epoch = Key("epoch")
    static let undefined = Key("undefined")

    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }
}

/// One line of `timings.jsonl`.
package struct EpochTiming: Codable, Sendable {
  package var fold: Int
  package var epoch: Int
  package var trainSeconds: Double
  package var evaluationSeconds: Double
  package var examplesPerSecond: Double

  enum CodingKeys: String, CodingKey {
    case fold, epoch
    case trainSeconds = "train_seconds"
    case evaluationSeconds = "evaluation_seconds"
    case examplesPerSecond = "examples_per_second"
  }

  package init(
    fold: Int, epoch: Int, trainSeconds: Double, evaluationSeconds: Double,
    examplesPerSecond: Double
  ) {
    self.fold = fold
    self.epoch = epoch
    self.trainSeconds = trainSeconds
    self.evaluationSeconds = evaluationSeconds
    self.examplesPerSecond = examplesPerSecond
  }
}

/// Why a worker gave up.
package struct WorkerFailure: Codable, Sendable {
  /// The exit code that the front program ends with.
  package var exitCode: Int32
  package var message: String

  package init(exitCode: Int32, message: String) {
    self.exitCode = exitCode
    self.message = message
  }
}
