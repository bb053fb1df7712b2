import ArgumentParser
import ExperimentConfig
import FoundationEssentials
import Orchestration
import Reporting
import RunRecord
import Sweeping

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

  @Option(
    help: "Folds or seeds that are computed at a time; as many as the processors allow if left out."
  )
  var jobs: Int?

  @OptionGroup var place: LauncherArguments

  @Flag(help: "Computes frozen layers in every epoch; the same as cache=false.")
  var noCache = false

  @Option(
    help: ArgumentHelp(
      "What the finished run keeps to be continued with 'resume RUN epochs=N': final, or none; the same "
        + "as train.checkpoint.keep=….", valueName: "what"))
  var keep: String?

  @Flag(name: .shortAndLong, help: "Prints the directory of the run, warnings and errors only.")
  var quiet = false

  @Flag(help: "Says at the end where the time went.")
  var profile = false

  @Flag(help: "Prints one JSON object with the run's directory and summary to standard output.")
  var json = false

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs takes a number from 1") }
  }

  func run() async throws {
    let options = [
      device.map { "device=\($0)" }, threads.map { "threads=\($0)" },
      noCache ? "cache=false" : nil, keep.map { "train.checkpoint.keep=\($0)" },
    ].compactMap(\.self)
    let slurm = try place.choice.options()
    let (plan, warnings) = try arguments.request(options).plan(
      runsDirectory: runsDirectory, processors: slurm?.processors)
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(environment: environment)
    terminal.write(warnings)
    let context = RunContext(
      environment: environment, reporter: ConsoleReporter(terminal, isQuiet: quiet),
      warnings: warnings, showsProfile: profile,
      presentation: json ? .progress : quiet ? .directory : .result)
    let session = RunSession(
      plan: plan, experimentPath: arguments.experiment, runsDirectory: runsDirectory,
      places: PartPlaces(jobs: jobs, slurm: slurm), context: context)
    let (run, _) = try await session.run()
    if json { try TrainedRun.print(run) }
  }
}
