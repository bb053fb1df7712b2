import Diagnostics
import ExperimentConfig
import Files
import RunRecord
import Signals

/// Runs a sweep until nothing is left to do. Its decisions depend only on the plan and the trials'
/// directories, so it can be killed at any moment and started again.
package final class SweepEngine {
  package struct Options: Sendable {
    /// Whether failed trials are started again.
    package var retry = false
    /// Finished runs that can be reused as trials.
    package var earlier = EarlierRuns()
    /// How often a trial may crash without progress before it is given up in this call.
    package var crashes = 2

    package init() {}
  }

  let directory: SweepDirectory
  private(set) var file: SweepFile
  let planner: TrialPlanner
  let preparation: any TrialPreparation
  private let launcher: any TrialLauncher
  let options: Options
  private let epochs: Int
  private let listener: (SweepEvent) -> Void
  let interrupts: Interrupts

  /// Positions in ``snapshots`` and ``rows`` by trial number.
  private var positions: [Int: Int] = [:]
  private var snapshots: [TrialSnapshot] = []
  private var rows: [SweepTable.Row] = []
  private var running: Set<Int> = []
  private var crashes: [Int: CrashCount] = [:]
  private var failures: [(trial: SweepFile.Trial, reason: String, code: Int32)] = []
  /// Why a trial was given up in this call, by trial number.
  private var abandoned: [Int: String] = [:]
  /// What was edited in a trial's directory before this call, by trial number.
  var edits: [Int: String] = [:]
  /// The errors of trials that could not be prepared, as long as none could.
  private var unprepared: [InputError] = []
  /// Warnings about them, shown once a trial has started; if none ever does, their errors suffice.
  private var withheld: [SweepEvent] = []
  /// Whether a trial has ever started.
  private var hasBegun = false
  /// The inputs of existing trials, and what those trials requested, computed on demand.
  var inputs: [Int: TrialInputs] = [:]
  var wants: [Int: TrialWants] = [:]
  /// Why no further trial can start.
  var refusal: InputError?
  private var isExhausted = false
  private var isDone = false
  private var worked = 0
  private var lastTable: ContinuousClock.Instant?

  /// - Parameters:
  ///   - epochs: the number of epochs of a complete trial, for strategies that stop some early.
  ///   - interrupts: forwarded to the launcher by a separate observer.
  package init(
    directory: SweepDirectory, file: SweepFile, planner: TrialPlanner, epochs: Int,
    preparation: any TrialPreparation, launcher: any TrialLauncher, options: Options = Options(),
    interrupts: Interrupts = Interrupts(.none), tell: @escaping (SweepEvent) -> Void = { _ in }
  ) {
    self.directory = directory
    self.file = file
    self.planner = planner
    self.epochs = epochs
    self.preparation = preparation
    self.launcher = launcher
    self.options = options
    self.interrupts = interrupts
    listener = tell
  }

  package var plan: SweepFile { file }

  /// The results so far.
  package var table: SweepTable { SweepTable(file, rows: rows) }

  /// - Throws: ``InputError`` if no trial can be prepared, or if one would have different inputs
  ///   than those before it; ``FileError``.
  package func run() async throws -> SweepOutcome {
    try start()
    try await withThrowingTaskGroup(of: (TrialTask, TrialEnding).self) { group in
      while true {
        try await fill(&group)
        if running.isEmpty { break }
        guard let (task, ending) = try await group.next() else { break }
        try end(task, ending)
      }
    }
    for trial in file.trials {
      refresh(trial.number)
      let row = rows[position(trial.number)]
      if row.status == "stopped", let epoch = row.epochs {
        try PrunedTrial.record(directory.trial(trial), epoch: epoch, of: epochs)
      }
    }
    try directory.write(table)
    if let refusal { throw refusal }
    if !hasBegun, !unprepared.isEmpty, !interrupts.wasInterrupted { throw Self.merged(unprepared) }
    return SweepOutcome(
      ending: interrupts.wasInterrupted && !isDone ? .interrupted : .done,
      failures: failures.sorted { $0.trial.number < $1.trial.number }, worked: worked)
  }

  func position(_ number: Int) -> Int { positions[number] ?? 0 }

  func tell(_ event: SweepEvent) { listener(event) }

  private func start() throws {
    for (index, trial) in file.trials.enumerated() { positions[trial.number] = index }
    for trial in file.trials {
      var state = TrialDirectory(reading: directory.trial(trial))
      state.verify(as: trial)
      if state.state == .failed, options.retry {
        try setAside(trial)
        state = TrialDirectory(reading: directory.trial(trial))
      }
      if let damage = state.damage { edits[trial.number] = damage }
      snapshots.append(TrialSnapshot(number: trial.number, values: trial.values))
      rows.append(state.row(trial, file.objective, isStopped: false))
      refresh(trial.number)
      // Some may have ended while no sweep was running, or before the options changed.
      if snapshots[position(trial.number)].state == .finished { try file.keep.apply(to: state.run) }
      if snapshots[position(trial.number)].state == .failed {
        // Failures in an earlier call are not errors of this one.
        failures.append((trial, state.failure ?? "failed", 2))
      }
    }
    hasBegun = snapshots.contains { $0.state != .planned }
    try directory.write(table)
  }

  /// Renames a failed trial's directory, which is kept next to the new one.
  private func setAside(_ trial: SweepFile.Trial) throws {
    let name = "trials/\(trial.directory)"
    for number in 1...1000 {
      let target = "\(name).failed-\(number)"
      if try directory.folder.kind(of: target) != nil { continue }
      return try directory.folder.rename(name, to: target)
    }
    throw FileError(path: directory.file(name), reason: "has failed too often")
  }

  /// Starts as many trials as the launcher has capacity for.
  private func fill(
    _ group: inout ThrowingTaskGroup<(TrialTask, TrialEnding), any Error>
  ) async throws {
    while running.count < launcher.capacity, !interrupts.wasInterrupted, refusal == nil {
      let step = file.strategy.next(
        snapshots, running: running, isExhausted: isExhausted, epochs: epochs,
        oneByOne: launcher.capacity == 1)
      switch step {
      case .wait: return
      case .done:
        isDone = true
        return
      case .propose: try propose()
      case .run(let task):
        guard try await begin(task) else { continue }
        let trial = file.trials[position(task.number)]
        running.insert(task.number)
        tell(.started(trial, untilEpoch: task.untilEpoch))
        let (run, log) = (directory.trial(trial), directory.log(trial))
        group.addTask { [launcher] in
          (task, try await launcher.run(run, untilEpoch: task.untilEpoch, log: log))
        }
      }
    }
  }

  private func propose() throws {
    let number = (file.trials.last?.number ?? 0) + 1
    guard let values = file.strategy.propose(number, in: file.space, after: snapshots) else {
      isExhausted = true
      return
    }
    let diagnostics = DiagnosticCollector()
    // Values that do not make a valid experiment count as a failed trial, from which the strategy
    // learns.
    let hash =
      planner.plan(number, values, into: diagnostics)?.hash ?? SweepFile.Trial.invalid
    let trial = SweepFile.Trial(number: number, values: values, hash: hash)
    positions[number] = file.trials.count
    file.trials.append(trial)
    try directory.write(file)
    snapshots.append(TrialSnapshot(number: number, values: values))
    rows.append(
      TrialDirectory(reading: directory.trial(trial))
        .row(trial, file.objective, isStopped: false))
    tell(.proposed(trial))
  }

  private func end(_ task: TrialTask, _ ending: TrialEnding) throws {
    let trial = file.trials[position(task.number)]
    running.remove(task.number)
    worked += 1
    refresh(task.number)
    let state = TrialDirectory(reading: directory.trial(trial))
    let isAtRung = task.untilEpoch.map { snapshots[position(task.number)].hasReached($0) } ?? false
    if state.state == .finished {
      try file.keep.apply(to: state.run)
    } else if state.state == .failed {
      let reason = state.failure ?? ending.description
      abandoned[trial.number] = reason
      failures.append((trial, reason, Self.code(ending)))
    } else if interrupts.wasInterrupted, ending.isInterruption {
      // A trial that a user interrupted says nothing about its values.
    } else if ending.isCrash || ending == .exited(ExitStatus.programFault)
      || (ending == .interrupted && !isAtRung)
    {
      // Interrupted before its rung: its worker was killed.
      let count = crashes[task.number, default: CrashCount()].add(epochs: state.progress)
      if count >= options.crashes {
        giveUp(trial, reason(trial, ending), code: ExitStatus.programFault)
      }
    } else if ending != .interrupted {
      giveUp(trial, reason(trial, ending), code: Self.code(ending))
    }
    try writeTable()
    tell(.ended(trial, state, ending))
  }

  /// Writes the results, at most once a second; they are always written at the end.
  func writeTable() throws {
    if let last = lastTable, ContinuousClock.now - last < .seconds(1) { return }
    try directory.write(table)
    lastTable = .now
  }

  private static func code(_ ending: TrialEnding) -> Int32 {
    ending == .exited(ExitStatus.wrongInput) ? ExitStatus.wrongInput : ExitStatus.programFault
  }

  private func reason(_ trial: SweepFile.Trial, _ ending: TrialEnding) -> String {
    if ending == .done { return "its process ended without a result" }
    guard case .exited = ending else { return "its process \(ending)" }
    return ProcessLog.lastError(directory.log(trial), below: directory.path)
      ?? "its process \(ending)"
  }

  /// Gives up the trial for this call; the next may try again.
  private func giveUp(_ trial: SweepFile.Trial, _ reason: String, code: Int32) {
    abandon(trial, reason, code: code)
    tell(.gaveUp(trial, reason: reason))
  }

  private func abandon(_ trial: SweepFile.Trial, _ reason: String, code: Int32) {
    snapshots[position(trial.number)].state = .failed
    abandoned[trial.number] = reason
    failures.append((trial, reason, code))
    refresh(trial.number)
  }

  /// Gives up a trial that cannot be prepared; it has failed, whichever it is and whatever runs at
  /// the same time.
  func giveUp(_ trial: SweepFile.Trial, unprepared error: InputError) {
    let reason = error.diagnostics.first?.message ?? "cannot be prepared"
    abandon(trial, reason, code: ExitStatus.wrongInput)
    if hasBegun { return tell(.gaveUp(trial, reason: reason)) }
    unprepared.append(error)
    withheld.append(.gaveUp(trial, reason: reason))
  }

  /// Reports the withheld warnings individually, since a trial could be prepared.
  func noteBeginning() {
    hasBegun = true
    for event in withheld { tell(event) }
    withheld = []
  }

  /// Reloads a trial's directory.
  func refresh(_ number: Int) {
    let trial = file.trials[position(number)]
    let state = state(of: trial)
    // A failed trial is not ranked.
    inputs[number] = state.state == .failed ? nil : state.inputs
    let snapshot = state.snapshot(trial, file.objective)
    // A trial that was given up stays given up, unless it has a result after all.
    if snapshots[position(number)].state != .failed || snapshot.state == .finished {
      snapshots[position(number)] = snapshot
    }
    let isStopped =
      isDone && file.strategy.kind.stopsEarly && snapshots[position(number)].state == .begun
      && !running.contains(number)
    var row = state.row(trial, file.objective, isStopped: isStopped)
    if let reason = abandoned[number], row.status != "finished" {
      row.reason = reason
      if row.status == "planned" { row.status = "failed" }
    }
    rows[position(number)] = row
  }
}

@available(*, unavailable)
extension SweepEngine: Sendable {}
