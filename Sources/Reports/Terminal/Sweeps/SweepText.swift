import Diagnostics
import ExperimentConfig
import Files
import Report
import RunRecord
import Sweeping
import WorkerProtocol

/// The text that `runner sweep` prints before it starts.
package struct SweepText {
  package let terminal: Terminal
  package let plan: SweepPlan

  package init(terminal: Terminal, plan: SweepPlan) {
    self.terminal = terminal
    self.plan = plan
  }

  private var planned: Int { plan.file.strategy.maxTrials }

  /// The number of trials that an earlier call finished.
  private var begun: Int {
    plan.directory.map { directory in
      plan.file.trials.count { TrialDirectory(reading: directory.trial($0)).state == .finished }
    } ?? 0
  }

  /// Whether the remaining work is known. It is not for a sweep with early stopping that has
  /// already begun, since it depends on which trials stop.
  package var isForeseeable: Bool {
    planned > begun && !(plan.file.strategy.kind.stopsEarly && plan.directory != nil)
  }

  /// The opening text: trials, parameters, time and disk space.
  package func opening(jobs: Int, isSlurm: Bool, _ estimate: SweepEstimate) -> String {
    let file = plan.file
    let (planned, begun) = (planned, begun)
    let left = planned - begun
    var first = "\(file.name) · \(file.strategy.kind.rawValue) · \(count(planned, "trial"))"
    if begun > 0 { first += ", \(begun) finished" }
    first += isSlurm ? " · on Slurm" : " · \(jobs) in parallel"
    var lines: [String] = []
    lines += file.space.dimensions.map { "  " + line($0) }
    lines.append("  by the \(file.objective)")
    let parameters = [plan.parameters.lowerBound, plan.parameters.upperBound]
      .map(NumberText.grouped)
    var facts =
      parameters[0] == parameters[1]
      ? "\(parameters[0]) parameters" : "\(parameters[0]) to \(parameters[1]) parameters"
    facts += ", about \(ByteCount.text(estimate.bytesPerTrial * left)) on disk"
    if left == 0 {
      facts = "nothing is left to do"
    } else {
      if file.strategy.kind.stopsEarly, !rungs.isEmpty {
        facts += ", compared after \(rungs) of \(plan.epochs) epochs"
      }
      if isForeseeable, !isSlurm, let seconds = estimate.seconds(plan, left: left, jobs: jobs) {
        facts += ", about \(time(seconds))"
        lines.append("  " + wrapped(facts))
        facts = "(\(basis(of: estimate)))"
      } else if isForeseeable, !isSlurm {
        facts += "; the duration will be known once the first trial finishes"
      }
    }
    lines.append("  " + wrapped(facts))
    return terminal.bold(TerminalText.printable(first)) + "\n"
      + TerminalText.printable(lines.joined(separator: "\n"))
  }

  /// The plan for programs.
  ///
  /// - Parameter jobs: the number of concurrent trials; `nil` leaves it to a cluster.
  package func json(_ estimate: SweepEstimate, jobs: Int?, isForeseeable: Bool) -> JSONValue {
    let file = plan.file
    let keys = file.space.keys.map(\.label)
    let left = planned - begun
    let seconds = estimate.seconds(plan, left: left, jobs: jobs ?? 1)
    let trials = file.trials.map { trial -> JSONValue in
      let status = plan.directory.map {
        TrialDirectory(reading: $0.trial(trial)).row(trial, file.objective, isStopped: false).status
      }
      return [
        "trial": .integer(trial.number), "status": .string(status ?? "planned"),
        "directory": .string("trials/\(trial.directory)"),
        "values": .object(
          Dictionary(zip(keys, trial.values.map(JSONValue.string))) { first, _ in first }),
      ]
    }
    return [
      "sweep": plan.directory.map { .string($0.path) } ?? .null, "name": .string(file.name),
      "strategy": .string(file.strategy.kind.rawValue),
      "objective": .string("validation.\(file.objective.key)"),
      "higher_is_better": .boolean(file.objective.higherIsBetter),
      "epochs": .integer(plan.epochs),
      "compared_after": .array(file.strategy.rungs(of: plan.epochs).map(JSONValue.integer)),
      "max_trials": .integer(planned), "left": .integer(left),
      "jobs": jobs.map(JSONValue.integer) ?? .null,
      "seconds": isForeseeable ? seconds.map { .number($0) } ?? .null : .null,
      "bytes": .integer(estimate.bytesPerTrial * left),
      "notes": .array(plan.notes.map(JSONValue.string)), "trials": .array(trials),
    ]
  }

  /// How the time was estimated.
  private func basis(of estimate: SweepEstimate) -> String {
    let trial = time(estimate.secondsPerTrial ?? 0)
    switch estimate.basis {
    case .finished(let source): return "a trial took \(trial): \(source)"
    case .timed(let timing):
      let step = "timed here: a step takes \(milliseconds(timing.step)), a whole trial \(trial)"
      if timing.feature == 0 { return step }
      return step + "; the frozen layers once, unless they are already cached, "
        + "\(time(estimate.secondsOnce)), \(milliseconds(timing.feature)) per image"
    case nil: return ""
    }
  }

  private func time(_ seconds: Double) -> String { RunTime.text(Int(seconds.rounded())) }

  private func milliseconds(_ seconds: Double) -> String {
    NumberText.fixed(seconds * 1000, seconds < 0.01 ? 2 : 0) + " ms"
  }

  private var rungs: String {
    plan.file.strategy.rungs(of: plan.epochs).map(String.init).joined(separator: ", ")
  }

  private func line(_ dimension: SearchSpace.Dimension) -> String {
    let names = dimension.keys.map(\.label).joined(separator: ", ")
    switch dimension.domain {
    case .values(let rows):
      let shown = rows.prefix(8).map { row in
        row.count == 1 ? row[0] : "(\(row.joined(separator: ", ")))"
      }
      let more = rows.count > 8 ? ", … \(rows.count) values" : ""
      return clipped("\(names): \(shown.joined(separator: ", "))\(more)")
    case .uniform(let first, let last):
      return "\(names): from \(NumberText.short(first)) to \(NumberText.short(last))"
    case .logUniform(let first, let last):
      return
        "\(names): from \(NumberText.short(first)) to \(NumberText.short(last)), logarithmic"
    }
  }

  /// The table of `--dry-run`.
  package func trials() -> String {
    let keys = plan.file.space.keys.map(\.label)
    var table = TextTable([.right] + keys.map { _ in .left } + [.left])
    table.add(["trial"] + keys + ["directory"])
    table.addRule()
    for trial in plan.file.trials {
      let values = trial.values.map { TerminalText.line($0) }
      table.add(["\(trial.number)"] + values + ["trials/\(trial.directory)"])
    }
    let unknown = plan.file.strategy.maxTrials - plan.file.trials.count
    return "\n" + table.render()
      + (unknown > 0 ? "  and \(count(unknown, "trial")) that depend on results\n" : "")
  }

  private func wrapped(_ text: String) -> String { WrappedText.wrap(text, indent: 2) }

  private func clipped(_ text: String) -> String {
    text.count <= 76 ? text : text.prefix(75) + "…"
  }

  private func count(_ number: Int, _ word: String) -> String {
    "\(NumberText.grouped(number)) \(word)\(number == 1 ? "" : "s")"
  }

  /// A warning that the sweep needs more disk space than is free; `nil` if it does not.
  ///
  /// - Parameter free: the free space in bytes; `nil` if unknown.
  package func shortage(_ estimate: SweepEstimate, free: Int?) -> String? {
    let needed = estimate.bytesPerTrial * max(planned - begun, 0)
    guard let free, needed > free else { return nil }
    return
      "about \(ByteCount.text(needed)) are needed, \(ByteCount.text(free)) are free; --keep best or none needs less"
  }
}
