import ArgumentParser
import ExperimentConfig
import Orchestration
import Report
import Reporting
import RunRecord

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Rewrites report.html of a run or a sweep and prints its path.")

  @OptionGroup var arguments: RunArguments

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  func run() throws {
    let path =
      switch try arguments.resolveTarget() {
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
