import ArgumentParser
import ExperimentConfig
import FeatureCache
import Files
import FoundationEssentials
import Orchestration
import Reporting
import RunRecord

struct CacheClearCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clear", abstract: "Removes entries, except those that runs are using.")

  @Argument(
    help: ArgumentHelp("Prefixes of the keys to remove.", valueName: "key-prefix"))
  var prefixes: [String] = []

  @Flag(help: "Removes all entries.")
  var all = false

  @Option(
    help: ArgumentHelp(
      "Removes entries not used for this long, such as 30d, 12h or 2w.", valueName: "time"),
    transform: DurationArgument.seconds)
  var olderThan: Int?

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  func validate() throws {
    if all == (!prefixes.isEmpty || olderThan != nil) {
      throw ValidationError("give either the keys to remove, --older-than, or --all")
    }
    for prefix in prefixes where !prefix.allSatisfy({ $0.isHexDigit && $0.isASCII }) {
      throw ValidationError("'\(prefix)' is not a prefix of a key, which has hexadecimal digits")
    }
  }

  func run() throws {
    let result = try UserFeatures().clear(
      keys: prefixes.map { $0.lowercased() }, unusedForSeconds: olderThan)
    if json {
      let value: JSONValue = [
        "freed_bytes": .integer(result.freedBytes),
        "removed": .array(result.removed.map { .string($0.key) }),
        "in_use": .array(result.inUse.map { .string($0.key) }),
      ]
      try StandardOutput.write(json: value)
      return
    }
    let terminal = StandardOutput.terminal(environment: ProcessInfo.processInfo.environment)
    let count = result.removed.count
    try StandardOutput.write(
      "Removed \(count == 1 ? "1 entry" : "\(count) entries"), "
        + "\(ByteCount.text(result.freedBytes)).\n")
    for entry in result.inUse {
      try StandardOutput.write(
        terminal.yellow("in use, kept: ")
          + "\(FeatureText.shortKey(entry.key)) (\(ByteCount.text(entry.bytes)))\n")
    }
  }
}
