import ArgumentParser
import Sweeping

/// The options that determine the trials of a sweep.
struct SearchArguments: ParsableArguments {
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
