import ArgumentParser
import Diagnostics
import FoundationEssentials
import Planning
import Reporting

/// The experiment and its overrides, as `run` and `check` take them.
struct ExperimentArguments: ParsableArguments {
  @Argument(help: "The experiment file.", completion: .file(extensions: ["yaml", "yml"]))
  var experiment: String

  @Argument(
    help: ArgumentHelp(
      "key=value sets a value, +key=value adds a key, ~key removes one.",
      discussion: "A key is a dotted path or its last parts: lr=1e-4 for optimizer.adam.lr.",
      valueName: "key=value"))
  var overrides: [String] = []

  /// Reads and proves the experiment.
  ///
  /// - Parameters:
  ///   - processors: where it will be computed; `nil` for those of this machine.
  ///   - printsWarnings: whether warnings are printed here.
  /// - Returns: the plan and the warnings.
  /// - Throws: ``InputError`` with everything that is wrong.
  func plan(
    extraOverrides: [String] = [], runsDirectory: String = "runs", processors: Int? = nil,
    printsWarnings: Bool = true
  ) throws -> (Plan, warnings: [Diagnostic]) {
    let environment = ProcessInfo.processInfo.environment
    try refuseWhatMeansACommand()
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      experiment, overrides: overrides + extraOverrides, environment: environment,
      processors: processors ?? ProcessInfo.processInfo.activeProcessorCount,
      runsDirectory: runsDirectory,
      diagnostics: diagnostics)
    guard let plan, !diagnostics.hasErrors else { throw InputError(diagnostics.sorted) }
    if printsWarnings {
      CommandFailure.print(diagnostics.sorted, on: Terminal(environment: environment))
    }
    return (plan, diagnostics.sorted)
  }

  /// `runner chek` is a mistyped command, not a missing file.
  private func refuseWhatMeansACommand() throws {
    let looksLikeFile = experiment.contains("/") || experiment.contains(".")
    if looksLikeFile || FileManager.default.fileExists(atPath: experiment) { return }
    let commands = Runner.configuration.subcommands.compactMap { $0.configuration.commandName }
    throw InputError(
      "'\(experiment)' is neither an experiment file nor a command",
      hint: Suggestion.hint(for: experiment, among: commands)
        ?? "commands: " + commands.joined(separator: ", "))
  }
}
