import ArgumentParser
import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Report
import Reporting
import RunRecord

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows a run (status, warnings, numbers, what was overridden) or a sweep.")

  @OptionGroup var arguments: RunArguments

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  func run() throws {
    switch try arguments.resolveTarget() {
    case .run(let run): try show(run)
    case .sweep(let path): try show(sweep: path)
    }
  }

  private func show(sweep path: String) throws {
    let terminal = StandardOutput.terminal(environment: ProcessInfo.processInfo.environment)
    let sweep = try SweepOverview(path)
    if json {
      try StandardOutput.write(json: sweep.json(terminal))
    } else {
      try StandardOutput.write(sweep.text(terminal))
    }
  }

  private func show(_ run: RunDirectory) throws {
    let evidence = RunEvidence(reading: run)
    EditedFiles.warn([evidence])
    if json {
      try StandardOutput.write(json: RunOverview(evidence).json)
    } else {
      let terminal = StandardOutput.terminal(
        environment: ProcessInfo.processInfo.environment)
      try StandardOutput.write(ShowText(terminal).render(RunOverview(evidence)))
    }
  }
}
