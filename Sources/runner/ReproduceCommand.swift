import ArgumentParser
import Diagnostics
import FoundationEssentials
import Orchestration
import Reporting

struct ReproduceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Repeats a run from its directory and compares the results.",
    discussion: """
      Exit codes: 0 identical, or within tolerance on another machine; 1 not the same. Where they differ, \
      the first step is named whose loss is another one.
      """)

  @OptionGroup var arguments: RunArguments

  @Option(help: "The number of folds or seeds to compute at the same time.")
  var jobs: Int?

  @Option(help: "Uses another number of threads; the results are then not comparable bit by bit.")
  var threads: Int?

  @Flag(name: .shortAndLong, help: "Prints only the answer, warnings and errors.")
  var quiet = false

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let context = RunContext(
      environment: environment,
      reporter: ConsoleReporter(Terminal(environment: environment), isQuiet: quiet))
    let session = ReproductionSession(
      arguments.run, runsDirectory: arguments.runsDirectory, jobs: jobs, threads: threads, context)
    let comparison = try await session.run()
    try StandardOutput.write(
      comparison.text(StandardOutput.terminal(environment: environment)) + "\n")
    if !comparison.isSame { throw QuietExit(ExitStatus.answerIsNo) }
  }
}
