import ArgumentParser
import Comparison
import ComparisonViews
import ExperimentConfig
import Files
import FoundationEssentials
import Plots
import Reporting
import RunRecord

struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Shows runs side by side: settings, scores, costs, curves, classes.",
    discussion: "'runner diff' says whether a difference is more than noise.")

  @Argument(
    help: "Runs: directories, unique prefixes of their names, latest, latest~1 or sweep/3.",
    completion: .runs)
  var runs: [String]

  @Option(
    name: .customLong("runs-dir"), help: "The folder of the runs.", completion: .directory)
  var runsDirectory = "runs"

  @Option(help: "Writes a self-contained HTML page.", completion: .file(extensions: ["html"]))
  var html: String?

  @Option(
    help: ArgumentHelp(
      "Writes the plots as PNG and SVG into this folder (needs gnuplot).", valueName: "folder"),
    completion: .directory)
  var png: String?

  @Option(
    help: ArgumentHelp("Writes a table with one row for each run.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var csv: String?

  @Option(
    help: ArgumentHelp("Writes the table as Markdown.", valueName: "file"),
    completion: .file(extensions: ["md"]))
  var markdown: String?

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  func run() async throws {
    let directories = try runs.map { try RunReference.resolve($0, in: runsDirectory) }
    let comparison = RunComparison(directories)
    EditedFiles.warn(comparison.runs.map(\.evidence))
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(environment: environment)
    if json {
      try StandardOutput.write(json: ComparisonFiles.json(comparison))
    } else {
      try StandardOutput.write(
        CompareText(StandardOutput.terminal(environment: environment)).render(comparison))
    }
    var written: [String] = []
    if let html {
      try AtomicFile.write(ComparePage.render(comparison), to: html)
      written.append(html)
    }
    if let csv {
      try AtomicFile.write(ComparisonFiles.csv(comparison), to: csv)
      written.append(csv)
    }
    if let markdown {
      try AtomicFile.write(ComparisonFiles.markdown(comparison), to: markdown)
      written.append(markdown)
    }
    if let png {
      let outcome = try await ComparePlots.write(comparison, to: png)
      if !outcome.files.isEmpty { written.append(png) }
      for skipped in outcome.skipped {
        terminal.write(terminal.yellow("warning: ") + "\(skipped.plot): \(skipped.reason)\n")
      }
    }
    if !json, !written.isEmpty {
      try StandardOutput.write("\n" + written.map { "  \($0)\n" }.joined())
    }
  }
}
