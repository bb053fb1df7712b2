import ArgumentParser
import Diagnostics
import FoundationEssentials
import Orchestration
import Planning

/// The experiment and its overrides, for `run` and `check`.
struct ExperimentArguments: ParsableArguments {
  @Argument(help: "The experiment file.", completion: .file(extensions: ["yaml", "yml"]))
  var experiment: String

  @Argument(
    help: ArgumentHelp(
      "key=value sets a value, +key=value adds a key, ~key removes one.",
      discussion: "A key is a dotted path or its last parts: lr=1e-4 for optimizer.adam.lr.",
      valueName: "key=value"))
  var overrides: [String] = []

  init() {}

  init(_ experiment: String, overrides: [String]) {
    self.experiment = experiment
    self.overrides = overrides
  }

  /// - Parameter options: overrides implied by the command's own options.
  func request(_ options: [String] = []) -> ExperimentRequest {
    ExperimentRequest(
      experiment, overrides: overrides + options,
      commands: Runner.configuration.subcommands.compactMap { $0.configuration.commandName },
      environment: ProcessInfo.processInfo.environment)
  }
}
