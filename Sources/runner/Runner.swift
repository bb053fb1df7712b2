import ArgumentParser
import Diagnostics
import FoundationEssentials
import Glibc
import Orchestration
import Reporting
import RunRecord

/// The command line. It parses, checks, monitors and reports; `runner-worker` does the computing.
@main
struct Runner: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runner",
    abstract: "Trains the model that a YAML file declares and makes it reproducible.",
    usage: """
      runner EXPERIMENT.yaml [key=value …] [options]
      runner <subcommand> …
      """,
    discussion: """
      EXAMPLES
        runner experiments/sequential.yaml
        runner experiments/sequential.yaml lr=1e-4 epochs=3
        runner check experiments/sequential.yaml
        runner init --data FOLDER_OR_CSV
        runner resume latest
        runner sweep lr=[1e-3,1e-4]

      Exit codes: 0 done; 1 the answer is no; 2 the input is wrong; 64 wrong usage; 70 a fault of the \
      program; 75 interrupted, 'runner resume' goes on; 130 interrupted before it began.
      """,
    version: Version.runner,
    subcommands: [
      RunCommand.self, CheckCommand.self, FmtCommand.self, InitCommand.self, DataCommand.self,
      EvaluateCommand.self,
      SweepCommand.self, ResumeCommand.self,
      ReproduceCommand.self, DiffCommand.self, CompareCommand.self, ListCommand.self,
      ShowCommand.self, ReportCommand.self, TagCommand.self, NoteCommand.self, RmCommand.self,
      GcCommand.self,
      PredictCommand.self,
      ExplainCommand.self, ServeCommand.self, ExportCommand.self,
      CacheCommand.self, DescribeCommand.self, LayersCommand.self, DatasetsCommand.self,
      SchemaCommand.self, MigrateCommand.self, DoctorCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  /// The environment variables that contain paths.
  private static let variables = [
    "HOME", "RUNNER_CACHE", "RUNNER_DATA", "RUNNER_WORKER", "TMPDIR", "XDG_CACHE_HOME",
  ]

  static func main() async {
    // Writing to a closed pipe must be an error rather than kill the program.
    signal(SIGPIPE, SIG_IGN)
    // A file opened as descriptor 0, 1 or 2 would be mistaken for standard input, output or error.
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      _ = open("/dev/null", O_RDWR)
    }
    do {
      if CommandLine.arguments.count == 1 {
        let folder = FileManager.default.currentDirectoryPath
        return try StandardOutput.write(
          "runner trains the model that a YAML file declares. In this folder:\n\n"
            + NextSteps.text(in: folder))
      }
      var command = try parseAsRoot()
      try UndecodableText.refuse(variables: variables)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      finish(error)
    }
  }

  /// Exits the program with the status of `error`.
  private static func finish(_ error: any Error) -> Never {
    if let quiet = error as? QuietExit { exit(withError: ExitCode(quiet.status)) }
    if let failure = CommandFailure(error) { finish(failure) }
    switch exitCode(for: error) {
    // Neither wrong usage nor a chosen exit code, so it is unexpected; status 1 would mean 'the
    // answer is no'.
    case .failure: finish(CommandFailure(bug: error))
    case .validationFailure:
      if wantsJSON { finish(CommandFailure(wrongUsage: message(for: error))) }
      terminal.write(TerminalText.printable(fullMessage(for: error)) + "\n")
      exit(withError: ExitCode.validationFailure)
    default: exit(withError: error)
    }
  }

  private static func finish(_ failure: CommandFailure) -> Never {
    failure.report(on: terminal, asJSON: wantsJSON)
    exit(withError: ExitCode(failure.status))
  }

  /// Whether errors are printed as JSON. Checked in the raw arguments, since parsing them may have
  /// failed.
  private static var wantsJSON: Bool {
    CommandLine.arguments.dropFirst().prefix { $0 != "--" }.contains("--json")
  }

  private static var terminal: Terminal {
    Terminal(environment: ProcessInfo.processInfo.environment)
  }
}
