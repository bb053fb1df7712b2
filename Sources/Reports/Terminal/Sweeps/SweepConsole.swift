import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Report
import RunRecord
import Sweeping
import Synchronization
import TaskRegistry

/// Shows a sweep while it runs: a live table on a terminal, one line per finished trial elsewhere.
package final class SweepConsole: Sendable {
  private let terminal: Terminal
  private let objective: Objective
  private let space: SearchSpace
  private let directory: SweepDirectory
  private let total: Int
  private let epochs: Int
  private let jobs: Int
  private let isQuiet: Bool
  private let clock = ContinuousClock()
  private let state: Mutex<State>

  fileprivate struct Running: Sendable {
    var trial: SweepFile.Trial
    var untilEpoch: Int?
    var begin: ContinuousClock.Instant
    var epochsAtBegin: Int
  }

  fileprivate struct State: Sendable {
    var running: [Int: Running] = [:]
    var done: Int
    var failed = 0
    var best: (value: Double, trial: Int)?
    var seconds: [Double] = []
    /// The number of lines that the table currently occupies on the terminal.
    var lines = 0
    var ticker: Task<Void, Never>?
  }

  package init(
    _ terminal: Terminal, plan: SweepPlan, directory: SweepDirectory, jobs: Int, isQuiet: Bool
  ) {
    self.terminal = terminal
    self.directory = directory
    self.jobs = jobs
    self.isQuiet = isQuiet
    objective = plan.file.objective
    space = plan.file.space
    total = plan.file.strategy.maxTrials
    epochs = plan.epochs
    var best: (value: Double, trial: Int)?
    var done = 0
    for trial in plan.file.trials {
      let snapshot = TrialDirectory(reading: directory.trial(trial)).snapshot(trial, objective)
      guard snapshot.state == .finished else { continue }
      done += 1
      guard let cost = snapshot.cost else { continue }
      let value = objective.higherIsBetter ? -cost : cost
      if best.map({ plan.file.objective.cost($0.value) > cost }) ?? true {
        best = (value, trial.number)
      }
    }
    state = Mutex(State(done: done, best: best))
  }

  // MARK: Events

  package func begin() {
    guard terminal.isInteractive, !isQuiet else { return }
    let ticker = Task { [weak self] in
      while !Task.isCancelled {
        self?.draw()
        // On cancellation the loop condition ends the loop.
        try? await Task.sleep(for: .milliseconds(500))
      }
    }
    state.withLock { $0.ticker = ticker }
  }

  package func end() {
    state.withLock { state in
      state.ticker?.cancel()
      erase(&state)
    }
  }

  package func say(_ text: String) {
    state.withLock { state in
      erase(&state)
      terminal.write(TerminalText.printable(text) + "\n")
    }
  }

  package func show(_ event: SweepEvent) {
    switch event {
    case .started(let trial, let untilEpoch):
      let count = TrialDirectory(reading: directory.trial(trial)).epochs.count
      state.withLock {
        $0.running[trial.number] = Running(
          trial: trial, untilEpoch: untilEpoch, begin: clock.now, epochsAtBegin: count)
      }
    case .taken(let trial, let source):
      let snapshot = TrialDirectory(reading: directory.trial(trial)).snapshot(trial, objective)
      state.withLock { $0.note(snapshot, objective) }
      line(trial, "reused from \(source)")
    case .ended(let trial, let directory, let ending):
      let snapshot = directory.snapshot(trial, objective)
      state.withLock { state in
        if let running = state.running.removeValue(forKey: trial.number),
          snapshot.state == .finished, running.epochsAtBegin == 0
        {
          state.seconds.append(seconds(since: running.begin))
        }
        state.note(snapshot, objective)
      }
      line(trial, words(snapshot, directory, ending))
    case .gaveUp(let trial, let reason):
      state.withLock { $0.failed += 1 }
      line(trial, terminal.red("failed: ") + TerminalText.line(reason))
    case .proposed: break
    }
  }

  private func words(
    _ snapshot: TrialSnapshot, _ directory: TrialDirectory, _ ending: TrialEnding
  ) -> String {
    switch snapshot.state {
    case .finished:
      guard let value = directory.value(objective) else {
        return terminal.yellow("not ranked: ")
          + TerminalText.line(directory.undefinedReason(objective) ?? "")
      }
      return "\(TaskRegistry.label(objective.epochKey)) \(NumberText.fixed(value, 4))"
    case .failed: return "failed: \(TerminalText.line(directory.failure ?? ending.description))"
    case .begun where ending == .interrupted: return "at epoch \(snapshot.costs.count)"
    case .begun, .planned: return ending.description
    }
  }

  private func line(_ trial: SweepFile.Trial, _ text: String) {
    if isQuiet { return }
    let values = TerminalText.line(TrialPlanner.assignments(space, trial.values))
    state.withLock { state in
      erase(&state)
      let head = "  [\(state.done)/\(total)] trial \(trial.number)  \(values)  "
      terminal.write(head + text + "\n")
    }
  }

  // MARK: The table

  private func erase(_ state: inout State) {
    guard state.lines > 0 else { return }
    terminal.write("\r\u{1B}[\(state.lines)A\u{1B}[J")
    state.lines = 0
  }

  private func draw() {
    let snapshot = state.withLock {
      ($0.running.values.sorted { $0.trial.number < $1.trial.number }, $0.done)
    }
    guard !snapshot.0.isEmpty else { return }
    let room = 8
    var table = TextTable([.right, .left, .right, .right, .left])
    table.add(["trial", "epoch", TaskRegistry.label(objective.epochKey), "left", ""])
    for running in snapshot.0.prefix(room) { table.add(cells(running)) }
    let hidden = snapshot.0.count - room
    state.withLock { state in
      erase(&state)
      var lines = table.render().split(separator: "\n").map(String.init)
      if hidden > 0 { lines.append("  and \(hidden) more running") }
      lines.append(summary(state))
      let width = terminal.width - 1
      let text = lines.map { String($0.prefix(width)) + "\n" }.joined()
      terminal.write("\n" + text)
      state.lines = lines.count + 1
    }
  }

  private func cells(_ running: Running) -> [String] {
    let directory = TrialDirectory(reading: directory.trial(running.trial))
    let costs = directory.costs(objective)
    let goal = running.untilEpoch ?? epochs
    let value = costs.last.flatMap(objective.value)
    let made = costs.count - running.epochsAtBegin
    let left =
      made > 0
      ? RunTime.text(
        Int(seconds(since: running.begin) / Double(made) * Double(max(0, goal - costs.count))))
      : ""
    return [
      "\(running.trial.number)", costs.isEmpty ? "starts" : "\(costs.count)/\(goal)",
      value.map { NumberText.fixed($0, 4) } ?? "", left,
      TerminalText.line(TrialPlanner.assignments(space, running.trial.values)),
    ]
  }

  private func summary(_ state: State) -> String {
    var text = "  \(state.done) of \(total) done"
    if state.failed > 0 { text += ", \(state.failed) failed" }
    if let best = state.best {
      text += " · best \(NumberText.fixed(best.value, 4)) (trial \(best.trial))"
    }
    if !state.seconds.isEmpty {
      let mean = state.seconds.reduce(0, +) / Double(state.seconds.count)
      let rounds = Double(max(0, total - state.done)) / Double(max(1, jobs))
      text += " · about \(RunTime.text(Int(mean * rounds))) left"
    }
    return text
  }

  private func seconds(since begin: ContinuousClock.Instant) -> Double {
    let elapsed = begin.duration(to: clock.now).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
  }
}

extension SweepConsole.State {
  fileprivate mutating func note(_ snapshot: TrialSnapshot, _ objective: Objective) {
    switch snapshot.state {
    case .finished:
      done += 1
      guard let cost = snapshot.cost else { return }
      if best.map({ objective.cost($0.value) > cost }) ?? true {
        best = (objective.higherIsBetter ? -cost : cost, snapshot.number)
      }
    case .failed: failed += 1
    case .begun, .planned: break
    }
  }
}
