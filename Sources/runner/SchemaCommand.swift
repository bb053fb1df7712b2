import ArgumentParser
import ExperimentConfig
import Planning
import Reporting

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Prints the JSON Schema of experiment files, for editors.")

  func run() throws {
    try StandardOutput.write(json: JSONSchema.make(.standard))
  }
}
