import ArgumentParser
import ExperimentConfig
import Reporting

struct LayersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layers", abstract: "Lists the layers, or documents one.")

  @Argument(help: "A layer's name.") var name: String?

  func run() throws {
    try Terminal.writeOutput(ComponentText.render(.layer, name: name))
  }
}
