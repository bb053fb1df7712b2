import Diagnostics
import ExperimentConfig
import Files
import Glibc
import Planning
import Plots
import Reporting
import RunRecord
import Signals
import WorkerProtocol

/// `runner sweep --strategy lr_range`: one training whose learning rate grows in every step, and the learning
/// rate it suggests. It is no sweep of trials and leaves no run: its directory holds `lr_range.json` and the
/// plot.
package struct RateSession {
  private let plan: Plan
  private let experimentPath: String
  private let range: RateRange
  private let context: RunContext
  private let terminal: Terminal
  package var runsDirectory = "runs"
  package var printsJSON = false

  /// - Throws: ``InputError`` if the experiment has folds.
  package init(
    _ plan: Plan, experimentPath: String, _ range: RateRange, _ context: RunContext
  ) throws {
    if let folds = plan.experiment.data.split.folds {
      throw InputError(
        "'lr_range' trains once, but the experiment has \(folds.count) folds",
        at: plan.experiment.data.split.range, hint: "add ~data.split.folds to the command")
    }
    self.plan = plan
    self.experimentPath = experimentPath
    self.range = range
    self.context = context
    terminal = Terminal(environment: context.environment)
  }

  /// - Throws: ``InputError`` if the experiment or its data do not allow a step; ``QuietExit`` if interrupted.
  package func run() async throws {
    context.reporter.say(
      "\(range.steps) steps with learning rates from \(NumberText.short(range.start)) to "
        + "\(NumberText.short(range.end)), until the loss diverges")
    let (test, identity) = try await test()
    let directory = RunDirectory(
      path: try DatedFolder.create(
        in: runsDirectory, name: plan.experiment.name + "-lr_range", hash: identity))
    try directory.write(
      ResolvedYAML.render(plan.loaded.resolved, source: plan.loaded.source), to: "resolved.yaml")
    try directory.write(json: test, to: RateTest.name)
    do {
      let plots = try await RatePlot.write(
        test, name: plan.experiment.name, in: directory.path)
      for skipped in plots.skipped {
        context.reporter.warn("no plot was drawn\n  \(skipped.reason)")
      }
    } catch let error as FileError {
      context.reporter.warn("no plot was drawn\n  \(error)")
    }
    try present(test, in: directory)
  }

  /// Prepares the training in a temporary folder, and runs it.
  private func test() async throws -> (RateTest, identity: String) {
    let folder = try ScratchFolder("lr-range")
    defer { withExtendedLifetime(folder) {} }
    let interrupts = Interrupts()
    interrupts.start()
    var result: RateTest?
    var failure: WorkerFailure?
    var identity = ""
    let worker = try WorkerProcess(environment: context.environment, interrupts)
    let ending = try await worker.run { events, send in
      var events = events
      let preparation = try RunPreparation(plan, experimentPath: experimentPath, context)
      let inputs = try await preparation.acquireInputs()
      try preparation.checkSplit(of: inputs)
      let engine = try await events.engine(interrupts)
      let run = try preparation.prepare(inputs, engine) { made in
        identity = made.short
        return try RunDirectory.create(
          in: folder.path, name: plan.experiment.name, identity: made)
      }
      try await send(.testRates(RateRequest(run, range)))
      while let event = try await events.next() {
        switch event {
        case .rateStep(let step): show(step)
        case .rateTest(let test): result = test
        case .failure(let reason): failure = reason
        default: context.reporter.show(event)
        }
      }
    }
    if terminal.isInteractive { terminal.write("\r\u{1B}[K") }
    if let failure {
      if failure.exitCode == ExitStatus.wrongInput { throw InputError(failure.message) }
      throw ProgramFault(failure.message)
    }
    if case .killed(let words) = ending {
      throw WorkerKilled("the worker \(words)", hint: "give the same command again")
    }
    if ending == .interrupted { throw QuietExit(ExitStatus.interrupted) }
    guard ending == .success, let result else {
      throw ProgramFault("the worker \(ending.description)")
    }
    return (result, identity)
  }

  private func show(_ step: Int) {
    guard terminal.isInteractive, !printsJSON else { return }
    terminal.write("\r\u{1B}[Kstep \(step) of \(range.steps)")
  }

  /// The result as JSON.
  private struct Answer: Encodable {
    let directory: String
    let suggestion: Double?
    let diverged: Bool
    let steps: Int
  }

  private func present(_ test: RateTest, in directory: RunDirectory) throws {
    if printsJSON {
      return try StandardOutput.write(
        json: Answer(
          directory: directory.path, suggestion: test.suggestion, diverged: test.diverged,
          steps: test.rates.count))
    }
    try StandardOutput.write(
      test.text(range) + "  " + TerminalText.printable(directory.path) + "\n")
  }
}

extension RateTest {
  /// The result for a terminal, in lines.
  package func text(_ range: RateRange) -> String {
    var text = ""
    if let suggestion {
      text += "suggested learning rate: \(NumberText.short(suggestion.rounded(toDigits: 2)))\n"
      text +=
        "  where the smoothed loss fell most steeply; plots/lr_range.svg shows the whole curve\n"
    } else {
      text += "no learning rate is suggested: the smoothed loss did not fall\n"
    }
    let last = NumberText.short((rates.last ?? range.start).rounded(toDigits: 2))
    text +=
      diverged
      ? "  the loss diverged after step \(rates.count), at \(last)\n"
      : "  the loss did not diverge up to \(last); a higher --max-lr shows more\n"
    return text
  }
}

extension Double {
  /// The nearest number with so many significant decimal digits, for positive numbers.
  fileprivate func rounded(toDigits digits: Int) -> Double {
    guard self > 0, isFinite else { return self }
    let scale = pow(10, Double(digits - 1) - log10(self).rounded(.down))
    return (self * scale).rounded() / scale
  }
}
