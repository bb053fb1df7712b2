import ArgumentParser
import Sweeping

/// The options that determine the trials of a sweep.
struct SearchArguments: ParsableArguments {
  @Option(
    help: "grid, random, tpe, halving or asha; or lr_range, which finds a learning rate.")
  var strategy: String?

  @Option(help: ArgumentHelp("The maximum number of trials.", valueName: "n"))
  var maxTrials: Int?

  @Option(
    name: .customLong("random-seed"),
    help: ArgumentHelp("The seed of the search (default: 0).", valueName: "n"))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "The objective: loss (the default) or a metric, on validation data.", valueName: "metric"))
  var objective: String?

  @Option(
    help: ArgumentHelp(
      "Epochs before halving and asha may stop a trial (default: 1).", valueName: "n"))
  var minEpochs: Int?

  @Option(help: ArgumentHelp("halving and asha keep one trial in n (default: 3).", valueName: "n"))
  var reduction: Int?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The number of trials to run at the same time (default: by processors).",
      valueName: "n"))
  var jobs: Int?

  @Option(help: "Which weights of a finished trial to keep: all, best, last or none.")
  var keep: String?

  func validate() throws {
    if let jobs, !(1...1024).contains(jobs) {
      throw ValidationError("--jobs must be between 1 and 1024")
    }
    if let maxTrials, !(1...10_000).contains(maxTrials) {
      throw ValidationError("--max-trials must be between 1 and 10000")
    }
    if let minEpochs, minEpochs < 1 { throw ValidationError("--min-epochs must be at least 1") }
    if let reduction, reduction < 2 { throw ValidationError("--reduction must be at least 2") }
  }

  var options: SweepRequest.Options {
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
