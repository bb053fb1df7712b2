import ArgumentParser
import ExperimentConfig
import Orchestration
import Reporting

struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Documents a component of any kind: a layer, model, data set, loss, …",
    discussion: """
      Without NAME, lists all. A model is described with its parameters, its cost, its publication and \
      its published weights. --json prints the same for programs: kind, name, arguments with types and \
      defaults, and of models parameters, FLOPs, input size, published weights and their scores.
      """)

  @Argument(help: "The name of a component, such as resnet18 or adam.") var name: String?

  @Option(
    help: ArgumentHelp(
      "Lists the components and arguments whose documentation has all these words.",
      valueName: "words"))
  var search: String?

  @Flag(help: "Prints one JSON document to standard output.")
  var json = false

  func validate() throws {
    if search != nil && (name != nil || json) {
      throw ValidationError("--search is not combined with a name or --json")
    }
  }

  func run() throws {
    let others = [OtherComponents("export format", ExportRegistry.schemas)]
    if let search {
      return try StandardOutput.write(ComponentText.search(search, others: others))
    }
    if json { return try StandardOutput.write(json: ComponentJSON.describe(name, others: others)) }
    try StandardOutput.write(ComponentText.describe(name, others: others))
  }
}
