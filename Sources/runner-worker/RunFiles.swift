import ExperimentConfig
import Files
import RunRecord
import Tasks
import TensorBoard
import Training
import Weights
import WorkerProtocol

/// Writes the files that grow during training and the checkpoints, and reports progress to the
/// front program.
final class RunFiles: TrainingObserver {
  private let run: RunDirectory
  private let output: EventOutput
  private let work: WorkReport
  private let sayWarning: (String) throws -> Void
  private let totalSteps: Int
  private let identity: String
  private let metrics: GrowingFile
  private let timings: GrowingFile
  private let losses: GrowingFile
  private let events: EventFileWriter
  private var checkpoints: Checkpoints
  private let frozen: [SafeTensors.Entry]
  /// The hash of the file with the frozen tensors, once it has been written.
  private var frozenHash: String?
  private let keepsFinal: Bool
  private var finalCheckpoint: FinalCheckpoint?
  private var schedule: CheckpointSchedule
  private var throttle = ProgressThrottle()
  private var pendingLosses: [UInt8] = []
  /// The time spent in the epochs so far.
  private(set) var profile = RunProfile()
  /// Problems with the run's files that were found and repaired.
  let problems: [String]

  /// - Parameters:
  ///   - frozen: pretrained weights that no step changes.
  ///   - keepsFinal: whether the final state is kept.
  ///   - checkpoint: the state from which the training resumes; everything appended after it is
  ///     truncated.
  ///   - warn: shows and records a warning.
  init(
    _ run: RunDirectory, _ info: RunInfo, interval: CheckpointInterval, totalSteps: Int,
    frozen: [SafeTensors.Entry], keepsFinal: Bool, output: EventOutput, work: WorkReport,
    resuming checkpoint: JobCheckpoint?, in checkpoints: Checkpoints,
    warn: @escaping (String) throws -> Void
  ) throws {
    let state = checkpoint?.state
    self.frozen = frozen
    self.keepsFinal = keepsFinal
    frozenHash = checkpoint?.frozenHash
    self.run = run
    self.output = output
    self.work = work
    sayWarning = warn
    self.totalSteps = totalSteps
    identity = info.identity
    self.checkpoints = checkpoints
    schedule = CheckpointSchedule(interval)
    func open(_ name: String) throws(FileError) -> GrowingFile {
      try GrowingFile(
        name, in: run.folder, at: state?.lengths[name] ?? 0, hash: state?.hashes?[name])
    }
    metrics = try open("metrics.jsonl")
    timings = try open("timings.jsonl")
    losses = try open("losses.bin")
    (events, problems) = try Self.events(of: run, info, state)
  }

  /// The event file for TensorBoard. If it is truncated or missing, it is regenerated from
  /// `metrics.jsonl`, which contains the same values.
  private static func events(
    of run: RunDirectory, _ info: RunInfo, _ state: CheckpointState?
  ) throws -> (EventFileWriter, problems: [String]) {
    var problems: [String] = []
    if let (name, length) = state?.eventFile {
      let size = try run.folder.size(of: name)
      if let size, size >= length {
        return (try EventFileWriter(continuing: name, in: run.folder, at: length), [])
      }
      let fault = size.map { "has \($0) bytes instead of \(length)" } ?? "is missing"
      problems.append("\(run.file(name)): \(fault); it is rewritten from metrics.jsonl")
    }
    try run.removeEventFiles()
    let events = try EventFileWriter(
      in: run.folder, wallTime: Double(UTCTime.now()), host: info.host)
    for record in state == nil ? [] : try run.readEpochs() {
      try events.append(record, wallTime: Double(UTCTime.now()))
    }
    return (events, problems)
  }

  var checkpointCost: String { schedule.costDescription }

  var isInterrupted: Bool { Interruption.isRequested }

  func didStep(_ record: StepRecord) throws {
    withUnsafeBytes(of: record.loss.bitPattern.littleEndian) { pendingLosses += $0 }
    if throttle.isDue(record.step == totalSteps) { try output.send(.step(record)) }
  }

  func didEvaluate(_ done: Int, of total: Int) { work.show("validation", done, of: total) }

  func didFinish(_ epoch: EpochEnd) throws {
    profile.add("training", epoch.timing.trainSeconds)
    profile.add("evaluation", epoch.timing.evaluationSeconds)
    try flushLosses()
    try metrics.append(line: JSONText.encode(epoch.record))
    try timings.append(line: JSONText.encode(epoch.timing))
    try events.append(epoch.record, wallTime: Double(UTCTime.now()))
    try output.send(.epoch(epoch.record, epoch.timing))
  }

  func warn(_ text: String) throws { try sayWarning(text) }

  func isCheckpointDue(step: Int, atEndOfEpoch: Bool) -> Bool {
    schedule.isDue(step: step, atEndOfEpoch: atEndOfEpoch)
  }

  func keep(_ snapshot: TrainingSnapshot) throws {
    schedule.begin()
    let state = try state(snapshot.progress)
    if frozenHash == nil, !frozen.isEmpty {
      frozenHash = try checkpoints.write(frozen: SafeTensors.encode(frozen))
    }
    try checkpoints.write(
      step: snapshot.progress.step, state: JSONText.encode(state, pretty: true),
      tensors: SafeTensors.encode(snapshot.tensors), frozen: frozenHash)
    schedule.end()
  }

  /// The state for a checkpoint. Afterwards, the files contain everything up to this point.
  private func state(_ progress: TrainingProgress) throws -> CheckpointState {
    try flushLosses()
    let files = ["metrics.jsonl": metrics, "timings.jsonl": timings, "losses.bin": losses]
    for file in files.values { try file.synchronize() }
    try events.synchronize()
    var lengths = files.mapValues(\.length)
    lengths[events.name] = events.length
    return CheckpointState(
      identity: identity, progress: progress, lengths: lengths, hashes: files.mapValues(\.hash))
  }

  func willEnd(_ snapshot: () throws -> TrainingSnapshot) throws {
    guard keepsFinal else { return try FinalCheckpoint.remove(from: run) }
    let snapshot = try snapshot()
    finalCheckpoint = try FinalCheckpoint(
      writing: snapshot.tensors, frozen: frozen.map(\.name),
      state: JSONText.encode(try state(snapshot.progress)), to: run)
  }

  /// Completes the final checkpoint, once the run's weights exist.
  func keepFinalCheckpoint() throws { try finalCheckpoint?.complete(in: run) }

  /// Adds pictures of the predictions, by split, to the event file.
  func finish(epoch: Int, _ predictions: [String: Predictions], _ task: any Task) throws {
    for (split, table) in predictions.sorted(by: { $0.key < $1.key }) {
      for (name, picture) in task.pictures(table) {
        try events.append(
          picture, name: name, split: split, step: epoch, wallTime: Double(UTCTime.now()))
      }
    }
    try events.synchronize()
  }

  private func flushLosses() throws {
    if pendingLosses.isEmpty { return }
    try losses.append(pendingLosses)
    pendingLosses = []
  }
}

/// Decides when a checkpoint is due. Does not affect results.
struct CheckpointSchedule {
  private let interval: CheckpointInterval
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant
  private var started: ContinuousClock.Instant
  private let beginning: ContinuousClock.Instant
  /// The seconds that the last checkpoint took; initially a guess.
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

  /// The cost of all checkpoints, for the log.
  var costDescription: String {
    let total = max(beginning.duration(to: clock.now).seconds, 1e-9)
    func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
    return "\(count) checkpoints in \(rounded(seconds)) s of \(rounded(total)) s, "
      + "\(rounded(100 * seconds / total))%"
  }

  /// Whether a checkpoint is due, at the requested interval or at the end of an epoch. Requested
  /// steps are always honoured; time-based checkpoints are limited to 2% of the time.
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

/// Limits progress events to one every 50 ms, so that watching costs nothing.
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
