import ArgumentParser
import Diagnostics
import ExperimentConfig
import FeatureCache
import Files
import FoundationEssentials
import Orchestration
import Reporting
import RunRecord

struct CacheListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the entries, the most recently used first.")

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  func run() throws {
    let store = try UserFeatures()
    let entries = try store.entries()
    let total = entries.reduce(0) { $0 + $1.bytes }
    if json {
      let value: JSONValue = [
        "folder": .string(store.folder), "limit_bytes": .integer(store.limit),
        "total_bytes": .integer(total), "entries": .array(entries.map(FeatureText.json)),
      ]
      try StandardOutput.write(json: value)
      return
    }
    let terminal = StandardOutput.terminal(
      environment: ProcessInfo.processInfo.environment)
    if entries.isEmpty {
      try StandardOutput.write("There are no features in '\(TerminalText.line(store.folder))'.\n")
      return
    }
    try StandardOutput.write(FeatureText.table(entries, terminal))
    try StandardOutput.write(
      "  \(ByteCount.text(total)) of \(ByteCount.text(store.limit)) in "
        + "\(TerminalText.line(store.folder))\n")
  }
}
