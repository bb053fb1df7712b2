import ArgumentParser
import FoundationEssentials
import Orchestration
import Reporting

struct SweepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Trains an experiment with several values; run again, it continues where it stopped.",
    usage: "runner sweep [EXPERIMENT.yaml] key=[a,b] … [options]",
    discussion: """
      Without a file it takes experiments/default.yaml. Only what is written as a sweep is one; \
      key=value sets a value for all trials.

        lr=[1e-3,1e-4]  lr=1e-3,1e-4        lists: every combination is tried
        hidden=range[32:128:32]             32, 64, 96, 128
        p=linspace[0:0.5:6]                 six even steps, both ends included
        lr=logspace[1e-5:1e-1:5]            the same on a logarithmic scale
        p=uniform[0:0.5] lr=loguniform[1e-5:1e-1]    drawn; needs --max-trials
        'zip(lr=[1e-3,1e-2],batch_size=[64,512])'    values that go together
        kernel_size=[[3,3],[5,5]]           for a key that takes a list

      A sweep is a directory: the same command continues it, keeps what is finished and runs only what \
      is new. --strategy lr_range is another thing: one training whose learning rate grows from --min-lr \
      to --max-lr in every step until the loss diverges, with a suggestion and a plot. \
      'sweep/3' and 'sweep/best' name trials of the latest one for every other command; 'sweep' \
      itself can be shown, listed, reported on and removed.
      """)

  @Argument(
    help: ArgumentHelp(
      "The experiment file, if any, then overrides and sweeps.", valueName: "arguments"),
    completion: .file(extensions: ["yaml", "yml"]))
  var words: [String] = []

  @OptionGroup var search: SearchArguments
  @OptionGroup var rates: RateArguments

  @Flag(help: "Prints all trials without starting any.") var dryRun = false
  @Flag(help: "Runs failed trials again, and those whose files are missing or damaged.")
  var retry = false
  @Flag(help: "Reuses finished runs and trials with the same identity.") var needed = false
  @Flag(help: "Starts another sweep instead of continuing an earlier one.") var new = false

  @OptionGroup var place: LauncherArguments

  @Option(
    name: .customLong("runs-dir"), help: "The directory to create run directories in.",
    completion: .directory)
  var runsDirectory = "runs"

  @Option(help: "cpu, cuda, cuda:N, mps or auto; the same as device=….")
  var device: String?

  @Option(help: "The number of threads of each trial; the same as threads=….")
  var threads: String?

  @Flag(name: .shortAndLong, help: "Prints only warnings and errors.")
  var quiet = false

  @Flag(
    help:
      "Prints one JSON object to standard output: directory and results, or with --dry-run the plan."
  )
  var json = false

  func validate() throws { try rates.validate(for: search.strategy) }

  func run() async throws {
    if search.strategy == RateArguments.strategy { return try await findRate() }
    var session = SweepSession(
      words, search.options, environment: ProcessInfo.processInfo.environment)
    session.overrides = [
      device.map { "device=\($0)" }, threads.map { "threads=\($0)" },
    ].compactMap(\.self)
    session.runsDirectory = runsDirectory
    session.launcher = place.choice
    session.isDryRun = dryRun
    session.retriesFailed = retry
    session.reusesRuns = needed
    session.isNew = new
    session.isQuiet = quiet
    session.printsJSON = json
    try await session.run()
  }

  private func findRate() async throws {
    let environment = ProcessInfo.processInfo.environment
    let (experiment, overrides) = try rates.experiment(words, search, place)
    let options = [
      device.map { "device=\($0)" }, threads.map { "threads=\($0)" },
    ].compactMap(\.self)
    let (plan, warnings) = try ExperimentRequest(
      experiment, overrides: overrides + options, commands: [], environment: environment
    ).plan(runsDirectory: runsDirectory)
    let terminal = Terminal(environment: environment)
    terminal.write(warnings)
    let context = RunContext(
      environment: environment, reporter: ConsoleReporter(terminal, isQuiet: quiet || json),
      warnings: warnings)
    var session = try RateSession(plan, experimentPath: experiment, rates.range, context)
    session.runsDirectory = runsDirectory
    session.printsJSON = json
    try await session.run()
  }
}
