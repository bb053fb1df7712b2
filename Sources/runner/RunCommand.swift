import ArgumentParser

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Trains an experiment (the default subcommand).")

  @OptionGroup var arguments: ExperimentArguments
  @OptionGroup var execution: ExecutionArguments

  func run() async throws { try await execution.run(arguments) }
}
