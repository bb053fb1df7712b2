import ArgumentParser
import ExperimentConfig
import FoundationEssentials
import Orchestration
import Planning
import Reporting
import RunRecord
import Sweeping

/// How an experiment is executed and shown, for `run` and `evaluate`.
struct ExecutionArguments: ParsableArguments {
  @Option(
    name: .customLong("runs-dir"), help: "The directory to create run directories in.",
    completion: .directory)
  var runsDirectory = "runs"

  @Option(help: "cpu, cuda, cuda:N, mps or auto; the same as device=….")
  var device: String?

  @Option(help: "The number of threads; the same as threads=….")
  var threads: String?

  @Option(
    help: "The number of folds or seeds to compute at the same time (default: by processors)."
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

  @Flag(name: .shortAndLong, help: "Prints only the run's directory, warnings and errors.")
  var quiet = false

  @Flag(help: "Shows at the end where the time was spent.")
  var profile = false

  @Flag(help: "Prints one JSON object with the run's directory and summary to standard output.")
  var json = false

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1") }
  }

  /// Executes an experiment.
  ///
  /// - Parameters:
  ///   - settings: overrides implied by the command.
  ///   - check: called before anything is written.
  func run(
    _ experiment: ExperimentArguments, settings: [String] = [],
    check: (Plan) throws -> Void = { _ in }
  ) async throws {
    let options =
      [
        device.map { "device=\($0)" }, threads.map { "threads=\($0)" },
        noCache ? "cache=false" : nil, keep.map { "train.checkpoint.keep=\($0)" },
      ].compactMap(\.self) + settings
    let slurm = try place.choice.options()
    let (plan, warnings) = try experiment.request(options).plan(
      runsDirectory: runsDirectory, processors: slurm?.processors,
      isQuiet: quiet)
    try check(plan)
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(environment: environment)
    terminal.write(warnings)
    let context = RunContext(
      environment: environment, reporter: ConsoleReporter(terminal, isQuiet: quiet),
      warnings: warnings, showsProfile: profile,
      presentation: json ? .progress : quiet ? .directory : .result)
    let session = RunSession(
      plan: plan, experimentPath: experiment.experiment, runsDirectory: runsDirectory,
      places: PartPlaces(jobs: jobs, slurm: slurm), context: context)
    let (run, _) = try await session.run()
    if json { try TrainedRun.print(run) }
  }
}
