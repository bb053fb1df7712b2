import ArgumentParser
import DataAnalysis
import DataPage
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
      columns that predict the target almost perfectly.
      """)

  @OptionGroup var arguments: ExperimentArguments

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  @Option(
    defaultAsFlag: "", parsing: .next,
    help: """
      Writes a page with pictures of duplicates and of examples after the transforms; without a name beside \
      the experiment, as NAME.data.html.
      """, completion: .file(extensions: ["html"]))
  var html: String? = nil

  func validate() throws {
    if let html, !html.isEmpty, !html.hasSuffix(".html") {
      throw ValidationError("'--html \(html)': expected a file name that ends with .html")
    }
  }

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let (plan, warnings) = try arguments.request().plan()
    let terminal = Terminal(environment: environment)
    if !json { terminal.write(warnings) }
    let path = html.map { $0.isEmpty ? DataPage.path(forExperiment: arguments.experiment) : $0 }
    // Before all examples are read.
    if let path { try DataPage.check(path) }
    let result = try await DataInspection(plan, environment: environment, terminal: terminal)
      .result(makesPage: path != nil, listsSamples: json)
    if let path, let page = result.page { try DataPage.write(page, to: path) }
    if json {
      try StandardOutput.write(json: result.findings)
    } else {
      try StandardOutput.write(DataText.lines(result.findings).joined(separator: "\n") + "\n")
      if let path { try StandardOutput.write("\n  \(path)\n") }
    }
  }
}
