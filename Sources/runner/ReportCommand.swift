import ArgumentParser
import ExperimentConfig
import FoundationEssentials
import Orchestration
import Report
import Reporting
import RunRecord

struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Rewrites report.html of a run or a sweep and prints its path.",
    discussion: """
      --plots draws the plots again, also those that 'report: {plots: false}' left out, and those of a trial \
      of a sweep, which has only its learning curves.
      """)

  @OptionGroup var arguments: RunArguments

  @Flag(help: "Draws all plots first.")
  var plots = false

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    var reporter = ConsoleReporter(Terminal(environment: environment), isQuiet: false)
    let target = try arguments.resolveTarget()
    if plots {
      switch target {
      case .run(let run):
        let context = RunContext(environment: environment, reporter: reporter)
        try await PlotsOnDemand.draw(run, context)
      case .sweep(let path):
        for problem in try await PlotsOnDemand.draw(sweep: path) { reporter.warn(problem) }
      }
    }
    let path =
      switch target {
      case .run(let run): try write(run)
      case .sweep(let path): try SweepPictures.writePage(ofSweep: path)
      }
    if json {
      try StandardOutput.write(json: JSONValue.object(["report": .string(path)]))
    } else {
      try StandardOutput.write(path + "\n")
    }
  }

  private func write(_ run: RunDirectory) throws -> String {
    let evidence = RunEvidence(reading: run)
    EditedFiles.warn([evidence])
    return try ReportPage.write(evidence)
  }
}
