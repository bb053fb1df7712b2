import ArgumentParser
import FoundationEssentials
import Orchestration
import Sweeping

struct SweepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Trains an experiment with many values; run again, it resumes where it stopped.",
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
      is new. 'sweep/3' and 'sweep/best' name trials of the latest one for every other command; 'sweep' \
      itself can be shown, listed, reported on and removed.
      """)

  @Argument(
    help: ArgumentHelp(
      "The experiment file, if any, then overrides and sweeps.", valueName: "arguments"),
    completion: .file(extensions: ["yaml", "yml"]))
  var words: [String] = []

  @Option(help: "grid, random, tpe, halving or asha.") var strategy: String?

  @Option(help: ArgumentHelp("How many trials at most.", valueName: "n"))
  var maxTrials: Int?

  @Option(
    name: .customLong("random-seed"),
    help: ArgumentHelp("What is drawn is a function of it (0).", valueName: "n"))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "What decides: loss (the default) or a metric, on validation data.", valueName: "metric"))
  var objective: String?

  @Option(help: ArgumentHelp("Epochs before halving and asha stop a trial (1).", valueName: "n"))
  var minEpochs: Int?

  @Option(help: ArgumentHelp("halving and asha keep one in n (3).", valueName: "n"))
  var reduction: Int?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Trials at the same time; else as many as there are processors for.",
      valueName: "n"))
  var jobs: Int?

  @Option(help: "Which weights of a finished trial stay: all, best, last or none.")
  var keep: String?

  @Flag(help: "Prints every trial and starts none.") var dryRun = false
  @Flag(help: "Runs failed trials again, and those whose files are missing or damaged.")
  var retry = false
  @Flag(help: "Reuses finished runs and trials with the same identity.") var needed = false
  @Flag(help: "Starts another sweep instead of continuing an earlier one.") var new = false

  @OptionGroup var place: LauncherArguments

  @Option(
    name: .customLong("runs-dir"), help: "Where run directories are created.",
    completion: .directory)
  var runsDirectory = "runs"

  @Option(help: "cpu, cuda, cuda:N, mps or auto; the same as device=….")
  var device: String?

  @Option(help: "Threads of one trial's computation; the same as threads=….")
  var threads: String?

  @Flag(name: .shortAndLong, help: "Prints warnings and errors only.")
  var quiet = false

  @Flag(
    help:
      "Prints one JSON object to standard output: directory and results, or with --dry-run the plan."
  )
  var json = false

  func validate() throws {
    if let jobs, !(1...1024).contains(jobs) {
      throw ValidationError("--jobs takes a number from 1 to 1024")
    }
    if let maxTrials, !(1...10_000).contains(maxTrials) {
      throw ValidationError("--max-trials takes a number from 1 to 10000")
    }
    if let minEpochs, minEpochs < 1 { throw ValidationError("--min-epochs starts at 1") }
    if let reduction, reduction < 2 { throw ValidationError("--reduction starts at 2") }
  }

  func run() async throws {
    var session = SweepSession(
      words, requestOptions, environment: ProcessInfo.processInfo.environment)
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

  private var requestOptions: SweepRequest.Options {
    var options = SweepRequest.Options()
    options.strategy = strategy
    options.maxTrials = maxTrials
    options.seed = seed
    options.objective = objective
    options.keep = keep
    options.minEpochs = minEpochs
    options.reduction = reduction
    options.jobs = jobs
    return options
  }
}
