import ExperimentConfig
import Files
import RunRecord
import TensorBoard
import Training
import Weights

/// The files that grow while a training goes on, and its checkpoints; tells the front program what
/// happens.
final class RunFiles: TrainingObserver {
  private let run: RunDirectory
  private let output: EventOutput
  private let totalSteps: Int
  private let identity: String
  private let metrics: AppendedFile
  private let timings: AppendedFile
  private let losses: AppendedFile
  private let events: EventFileWriter
  private let checkpoints: Checkpoints
  private let frozen: [SafeTensors.Entry]
  /// Of their file, once it has been written.
  private var frozenHash: String?
  private var schedule: CheckpointSchedule
  private var throttle = ProgressThrottle()
  private var pendingLosses: [UInt8] = []
  /// Of the epochs so far.
  private(set) var profile = RunProfile()

  /// - Parameters:
  ///   - frozen: weights from elsewhere that no step changes.
  ///   - checkpoint: what the training goes on from; whatever was appended after it is cut off.
  init(
    _ run: RunDirectory, _ info: RunInfo, interval: CheckpointInterval, totalSteps: Int,
    frozen: [SafeTensors.Entry], output: EventOutput, resuming checkpoint: JobCheckpoint?
  ) throws {
    let state = checkpoint?.state
    self.frozen = frozen
    frozenHash = checkpoint?.frozenHash
    self.run = run
    self.output = output
    self.totalSteps = totalSteps
    identity = info.identity
    checkpoints = Checkpoints(run)
    schedule = CheckpointSchedule(interval)
    func open(_ name: String) throws -> AppendedFile {
      try AppendedFile(continuing: run.file(name), at: state?.lengths[name] ?? 0)
    }
    metrics = try open("metrics.jsonl")
    timings = try open("timings.jsonl")
    losses = try open("losses.bin")
    if let (name, length) = state?.lengths.first(where: { $0.key.hasPrefix("events.") }) {
      events = try EventFileWriter(continuing: run.file(name), at: length)
    } else {
      try run.removeEventFiles()
      events = try EventFileWriter(
        in: run.path, wallTime: Double(UTCTime.now()), host: info.host)
    }
  }

  var checkpointCostInWords: String { schedule.costInWords }

  var isInterrupted: Bool { Interruption.isRequested }

  func didStep(_ record: StepRecord) throws {
    withUnsafeBytes(of: record.loss.bitPattern.littleEndian) { pendingLosses += $0 }
    if throttle.isDue(record.step == totalSteps) { try output.send(.step(record)) }
  }

  func didFinish(_ epoch: EpochEnd) throws {
    profile.add("training", epoch.timing.trainSeconds)
    profile.add("evaluation", epoch.timing.evaluationSeconds)
    try flushLosses()
    try metrics.append(line: JSONText.encode(epoch.record))
    try timings.append(line: JSONText.encode(epoch.timing))
    try events.append(epoch.record, wallTime: Double(UTCTime.now()))
    try output.send(.epoch(epoch.record, epoch.timing))
  }

  func isCheckpointDue(step: Int, atEndOfEpoch: Bool) -> Bool {
    schedule.isDue(step: step, atEndOfEpoch: atEndOfEpoch)
  }

  func keep(_ snapshot: TrainingSnapshot) throws {
    schedule.begin()
    try flushLosses()
    for file in [metrics, timings, losses] { try file.synchronize() }
    try events.synchronize()
    let state = CheckpointState(
      identity: identity, progress: snapshot.progress,
      lengths: [
        "metrics.jsonl": metrics.length, "timings.jsonl": timings.length,
        "losses.bin": losses.length, RunFiles.name(of: events.path): events.length,
      ])
    if frozenHash == nil, !frozen.isEmpty {
      frozenHash = try checkpoints.write(frozen: SafeTensors.encode(frozen))
    }
    try checkpoints.write(
      step: snapshot.progress.step, state: JSONText.encode(state, pretty: true),
      tensors: SafeTensors.encode(snapshot.tensors), frozen: frozenHash)
    schedule.end()
  }

  /// Adds pictures of the predictions, by split, to TensorBoard's file.
  func finish(epoch: Int, _ predictions: [String: PredictionTable]) throws {
    for (split, table) in predictions.sorted(by: { $0.key < $1.key }) {
      try events.append(
        confusionOf: table, split: split, step: epoch, wallTime: Double(UTCTime.now()))
    }
    try events.synchronize()
  }

  private func flushLosses() throws {
    if pendingLosses.isEmpty { return }
    try losses.append(pendingLosses)
    pendingLosses = []
  }

  private static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}

/// Decides when a checkpoint is due. Nothing of the result depends on it.
struct CheckpointSchedule {
  private let interval: CheckpointInterval
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant
  private var started: ContinuousClock.Instant
  private let beginning: ContinuousClock.Instant
  /// Seconds that the last one took; a guess before it.
  private var cost = 0.05
  private var count = 0
  private var seconds = 0.0

  init(_ interval: CheckpointInterval) {
    self.interval = interval
    last = clock.now
    started = last
    beginning = last
  }

  mutating func begin() { started = clock.now }

  mutating func end() {
    last = clock.now
    cost = started.duration(to: last).seconds
    count += 1
    seconds += cost
  }

  /// What all of them have cost, for the log.
  var costInWords: String {
    let total = max(beginning.duration(to: clock.now).seconds, 1e-9)
    func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
    return "\(count) checkpoints in \(rounded(seconds)) s of \(rounded(total)) s, "
      + "\(rounded(100 * seconds / total)) %"
  }

  /// As often as asked for, and at the end of an epoch. Steps that were asked for are kept to; what goes
  /// by the clock stays below 2 % of the time.
  func isDue(step: Int, atEndOfEpoch: Bool) -> Bool {
    let now = clock.now
    let elapsed = last.duration(to: now).seconds
    let expected = max(cost, seconds / Double(max(count, 1)))
    let isCheap = seconds + expected <= 0.02 * beginning.duration(to: now).seconds
    if atEndOfEpoch, isCheap { return true }
    switch interval {
    case .steps(let steps): return step % steps == 0 && (!atEndOfEpoch || elapsed > 0)
    case .seconds(let seconds): return elapsed >= seconds && isCheap
    }
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
