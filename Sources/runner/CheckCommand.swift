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
    abstract: "Checks an experiment without data: every error at once, shapes and counts.",
    discussion: """
      EXAMPLES
        runner check net.yaml
        runner check net.yaml lr=1e-4 --explain lr    where the value comes from
        runner check net.yaml --watch                 again whenever the file is saved
        runner check net.yaml --watch --format gcc    the same for an editor's list of problems
      """)

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

  @Flag(
    help: ArgumentHelp(
      "Checks again whenever the file, or one that it names, changes; Ctrl-C ends it.",
      discussion: "Prints errors, warnings and a line with the time for each check."))
  var watch = false

  func validate() throws {
    if json && !explain.isEmpty {
      throw ValidationError("--explain and --json cannot be combined")
    }
    if watch && (json || layers || !explain.isEmpty) {
      throw ValidationError("--watch is not combined with --json, --layers or --explain")
    }
    if format != nil && (json || layers || !explain.isEmpty) {
      throw ValidationError("--format is not combined with --json, --layers or --explain")
    }
  }

  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    if watch { return try keepChecking(Terminal(environment: environment)) }
    if let format { return try run(format) }
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
    let (found, status) = try problems()
    try StandardOutput.write(format.render(found, file: arguments.experiment))
    if let status { throw QuietExit(status) }
  }

  /// The errors and warnings, and the exit status if there are errors.
  private func problems() throws -> ([Diagnostic], status: Int32?) {
    do {
      return (try arguments.request().plan().warnings, nil)
    } catch {
      guard let failure = CommandFailure(error) else { throw error }
      return (failure.diagnostics, failure.status)
    }
  }

  private func keepChecking(_ terminal: Terminal) throws {
    try ExperimentRequest.refuseMissing(arguments.experiment)
    try ExperimentWatch(arguments.experiment, overrides: arguments.overrides).run { time in
      let (found, _) = try problems()
      let line = "\(time) \(TerminalText.line(arguments.experiment)): \(Self.summary(found))\n"
      if let format {
        try StandardOutput.write(format.render(found, file: arguments.experiment))
        terminal.write(line)
      } else {
        terminal.write(found)
        try StandardOutput.write(line)
      }
    }
  }

  /// For example `2 errors, 1 warning`.
  private static func summary(_ diagnostics: [Diagnostic]) -> String {
    func count(_ severity: Diagnostic.Severity, _ word: String) -> String? {
      let count = diagnostics.count { $0.severity == severity }
      return count == 0 ? nil : "\(count) \(word)\(count == 1 ? "" : "s")"
    }
    let counts = [count(.error, "error"), count(.warning, "warning")].compactMap(\.self)
    return counts.isEmpty ? "no errors or warnings" : counts.joined(separator: ", ")
  }
}

extension DiagnosticFormat: ExpressibleByArgument {}
