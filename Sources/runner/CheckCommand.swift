import ArgumentParser
import ExperimentConfig
import FoundationEssentials
import Planning
import Reporting

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Proves an experiment without data: every error at once, shapes and counts.")

  @OptionGroup var arguments: ExperimentArguments

  @Option(
    help: ArgumentHelp(
      "Says where a value comes from and what it replaced.", valueName: "key"))
  var explain: [String] = []

  @Flag(help: "Prints every node of a long model.")
  var layers = false

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  func validate() throws {
    if json && !explain.isEmpty {
      throw ValidationError("--explain and --json cannot be combined")
    }
  }

  func run() throws {
    let (plan, _) = try arguments.plan()
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    if !explain.isEmpty {
      for key in explain { terminal.write(try Explanation.render(key, plan.loaded)) }
    } else if json {
      let bytes = try JSONText.encode(PlanText.json(plan), pretty: true)
      try Terminal.writeOutput(String(decoding: bytes, as: UTF8.self) + "\n")
    } else {
      terminal.write(PlanText.render(plan, terminal: terminal, allNodes: layers))
    }
  }
}
