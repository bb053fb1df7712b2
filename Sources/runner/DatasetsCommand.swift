import ArgumentParser
import ExperimentConfig
import Reporting

struct DatasetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datasets", abstract: "Lists the data sets, or documents one.")

  @Argument(help: "A data set's name.") var name: String?

  func run() throws {
    try StandardOutput.write(ComponentText.render(.dataset, name: name))
  }
}
