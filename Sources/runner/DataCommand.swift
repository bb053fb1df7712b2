import ArgumentParser
import DataAnalysis
import FoundationEssentials
import Orchestration
import Reporting

struct DataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Shows what an experiment's data hold and what is wrong with them.",
    discussion: """
      Every example is read once: classes and balance of each part, sizes and intensities, files that cannot \
      be read or are left out, equal and nearly equal pictures within and across parts, constant columns and \
      columns that predict the target nearly alone.
      """)

  @OptionGroup var arguments: ExperimentArguments

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let (plan, warnings) = try arguments.request().plan()
    let terminal = Terminal(environment: environment)
    if !json { terminal.write(warnings) }
    let findings = try await DataInspection(plan, environment: environment, terminal: terminal)
      .findings()
    if json {
      try StandardOutput.write(json: findings)
    } else {
      try StandardOutput.write(DataText.lines(findings).joined(separator: "\n") + "\n")
    }
  }
}
