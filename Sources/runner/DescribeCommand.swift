import ArgumentParser
import ExperimentConfig
import Reporting

struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Documents a component of any kind: a layer, model, data set, loss, …",
    discussion: """
      Without NAME, lists all. A model is described with its parameters, its cost, its publication and \
      its published weights.
      """)

  @Argument(help: "The name of a component, such as resnet18 or adam.") var name: String?

  func run() throws {
    try StandardOutput.write(ComponentText.describe(name))
  }
}
