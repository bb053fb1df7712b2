import ArgumentParser
import ExperimentConfig
import FoundationEssentials
import Reporting
import RunRecord

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Trains an experiment (the default subcommand).")

  @OptionGroup var arguments: ExperimentArguments

  @Option(
    name: .customLong("runs-dir"), help: "Where run directories are created.",
    completion: .directory)
  var runsDirectory = "runs"

  @Option(help: "cpu, cuda, cuda:N, mps or auto; the same as device=….")
  var device: String?

  @Option(help: "Threads of the computation; the same as threads=….")
  var threads: String?

  @Flag(name: .shortAndLong, help: "Prints warnings and errors only.")
  var quiet = false

  @Flag(help: "Prints one JSON object with the run's directory and summary to standard output.")
  var json = false

  func run() async throws {
    let options = [
      device.map { "device=\($0)" }, threads.map { "threads=\($0)" },
    ].compactMap(\.self)
    let (plan, warnings) = try arguments.plan(extraOverrides: options)
    let environment = ProcessInfo.processInfo.environment
    let session = RunSession(
      plan: plan, experimentPath: arguments.experiment, runsDirectory: runsDirectory,
      environment: environment,
      reporter: ConsoleReporter(Terminal(environment: environment), isQuiet: quiet),
      warnings: warnings)
    let (run, summary) = try await session.run()
    if json {
      guard
        case .object(var object) = try JSONText.decode(
          JSONValue.self, from: JSONText.encode(summary))
      else { return }
      object["run"] = .string(run.path)
      let bytes = try JSONText.encode(JSONValue.object(object), pretty: true)
      try Terminal.writeOutput(String(decoding: bytes, as: UTF8.self) + "\n")
    }
  }
}
