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
  /// - Throws: ``InputError`` with everything that is wrong. Warnings are printed.
  func plan(extraOverrides: [String] = []) throws -> Plan {
    let environment = ProcessInfo.processInfo.environment
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      experiment, overrides: overrides + extraOverrides, environment: environment,
      processors: ProcessInfo.processInfo.activeProcessorCount, diagnostics: diagnostics)
    guard let plan, !diagnostics.hasErrors else { throw InputError(diagnostics.sorted) }
    CommandFailure.print(diagnostics.sorted, on: Terminal(environment: environment))
    return plan
  }
}
