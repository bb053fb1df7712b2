import ArgumentParser
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Planning
import Reporting
import RunRecord
import Weights

struct ReproduceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Runs a run again from what its directory records, and compares the two.",
    discussion: """
      Exit codes: 0 identical, or within tolerance on another machine; 1 not the same. Where they differ, \
      the first step is named whose loss is another one.
      """)

  @OptionGroup var arguments: RunArguments

  @Option(help: "Folds or seeds that are computed at a time.")
  var jobs: Int?

  @Option(help: "Another number of threads: then the two are not comparable bit for bit.")
  var threads: Int?

  @Flag(name: .shortAndLong, help: "Prints the answer, warnings and errors only.")
  var quiet = false

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(environment: environment)
    let old = try arguments.resolve()
    let info = try old.readInfo()
    guard info.status == .finished else {
      throw InputError(
        "'\(old.path)' has not finished", hint: "runner resume \(old.path)")
    }
    try RunVerification.check(old)
    try RunVerification.checkResults(of: old, weights: .ifPresent)
    if let parent = info.identifiedBy?.parent {
      throw InputError(
        "'\(old.path)' continues another run, and what it found depends on that one",
        hint:
          "reproduce \(info.parent?.run ?? parent.identity) and continue it with 'runner resume'")
    }
    let context = RunContext(
      environment: environment, reporter: ConsoleReporter(terminal, isQuiet: quiet))
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      of: old, overrides: threads.map { ["threads=\($0)"] } ?? [],
      processors: ProcessInfo.processInfo.activeProcessorCount, diagnostics: diagnostics)
    guard let plan, !diagnostics.hasErrors else { throw InputError(diagnostics.sorted) }
    var session = try RunSession(
      plan: plan, experimentPath: old.open("experiment.yaml").path,
      runsDirectory: arguments.runsDirectory, places: PartPlaces(jobs: jobs), context: context)
    session.recorded = info
    let (new, _) = try await session.run()
    let comparison = try Reproduction(old: old, new: new, plan.experiment)
    try StandardOutput.write(
      comparison.text(StandardOutput.terminal(environment: environment)) + "\n")
    if !comparison.isSame { throw ExitCode(1) }
  }
}
