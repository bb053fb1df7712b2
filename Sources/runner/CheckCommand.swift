import ArgumentParser
import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Orchestration
import Planning
import Reporting

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks an experiment without data: every error at once, shapes and counts.")

  @OptionGroup var arguments: ExperimentArguments

  @Option(
    help: ArgumentHelp(
      "Says where a value comes from and what it replaced.", valueName: "key"))
  var explain: [String] = []

  @Flag(help: "Prints every node of a long model.")
  var layers = false

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Prints only errors and warnings, to standard output: gcc, github or json.",
      discussion: "For editors, continuous integration and scripts."))
  var format: DiagnosticFormat?

  func validate() throws {
    if json && !explain.isEmpty {
      throw ValidationError("--explain and --json cannot be combined")
    }
    if format != nil && (json || layers || !explain.isEmpty) {
      throw ValidationError("--format is not combined with --json, --layers or --explain")
    }
  }

  func run() throws {
    if let format { return try run(format) }
    let environment = ProcessInfo.processInfo.environment
    let (plan, warnings) = try arguments.request().plan()
    if !json { Terminal(environment: environment).write(warnings) }
    let terminal = StandardOutput.terminal(environment: environment)
    if !explain.isEmpty {
      for key in explain { try StandardOutput.write(Explanation.render(key, plan.loaded)) }
    } else if json {
      try StandardOutput.write(json: PlanText.json(plan, warnings))
    } else {
      try StandardOutput.write(PlanText.render(plan, terminal: terminal, allNodes: layers))
    }
  }

  private func run(_ format: DiagnosticFormat) throws {
    do {
      let warnings = try arguments.request().plan().warnings
      try StandardOutput.write(format.render(warnings, file: arguments.experiment))
    } catch {
      guard let failure = CommandFailure(error) else { throw error }
      try StandardOutput.write(format.render(failure.diagnostics, file: arguments.experiment))
      throw QuietExit(failure.status)
    }
  }
}

extension DiagnosticFormat: ExpressibleByArgument {}
