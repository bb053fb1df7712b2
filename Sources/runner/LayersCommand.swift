import ArgumentParser
import ExperimentConfig
import Reporting

struct LayersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layers", abstract: "Lists the layers and models, or documents one.")

  @Argument(help: "The name of a layer or model.") var name: String?

  func run() throws {
    try StandardOutput.write(ComponentText.layersAndModels(name: name))
  }
}
