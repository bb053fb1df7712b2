import ArgumentParser
import Comparison
import ComparisonViews
import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Orchestration
import Reporting
import RunRecord

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Shows what differs between two runs and whether it is more than noise.",
    discussion: """
      Without runs the latest two are compared, the older one as A. Exit codes: 0 the results are \
      the same; 1 they differ; 2 the input is wrong.
      """)

  @Argument(
    help: "Two runs: directories, unique prefixes of their names, latest, latest~1 or sweep/3.",
    completion: .runs)
  var runs: [String] = []

  @Option(
    name: .customLong("runs-dir"), help: "The folder of the runs.", completion: .directory)
  var runsDirectory = "runs"

  @Flag(help: "Also shows what is the same.")
  var all = false

  @Option(
    help: ArgumentHelp(
      "The number of examples with different predictions to show.", valueName: "n"))
  var examples = 10

  @Option(help: "Writes a self-contained HTML page.", completion: .file(extensions: ["html"]))
  var html: String?

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  func validate() throws {
    if runs.count != 0 && runs.count != 2 {
      throw ValidationError("diff takes two runs, or none for the latest two")
    }
    if examples < 0 { throw ValidationError("--examples must be at least 0") }
  }

  func run() throws {
    let names = runs.isEmpty ? ["latest~1", "latest"] : runs
    let directories = try names.map { try RunReference.resolve($0, in: runsDirectory) }
    let diff = RunDiff(directories[0], directories[1])
    EditedFiles.warn([diff.a.evidence, diff.b.evidence])
    let options = DiffOptions(showsAll: all, examples: examples)
    let terminal = StandardOutput.terminal(
      environment: ProcessInfo.processInfo.environment)
    if let html {
      try AtomicFile.write(DiffPage.render(diff, options), to: html)
    }
    if json {
      try StandardOutput.write(json: DiffJSON.make(diff, options))
    } else {
      try StandardOutput.write(DiffText(terminal, options).render(diff))
      if let html { try StandardOutput.write("\n  " + html + "\n") }
    }
    if !diff.isSame { throw QuietExit(ExitStatus.answerIsNo) }
  }
}
