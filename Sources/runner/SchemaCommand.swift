import ArgumentParser
import ExperimentConfig
import Planning
import Reporting

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Prints the JSON Schema of experiment files, for editors.")

  func run() throws {
    let bytes = try JSONText.encode(JSONSchema.make(.standard), pretty: true)
    try Terminal.writeOutput(String(decoding: bytes, as: UTF8.self) + "\n")
  }
}
