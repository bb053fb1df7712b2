import ArgumentParser
import Diagnostics
import Orchestration
import RunRecord

/// The options of `runner sweep --strategy lr_range`.
struct RateArguments: ParsableArguments {
  /// The name that takes the place of a strategy.
  static let strategy = "lr_range"

  @Option(
    help: ArgumentHelp("With lr_range: the first learning rate (default: 1e-7).", valueName: "rate")
  )
  var minLr: Double?

  @Option(
    help: ArgumentHelp("With lr_range: the last learning rate (default: 10).", valueName: "rate"))
  var maxLr: Double?

  @Option(
    help: ArgumentHelp("With lr_range: the number of steps (default: 200).", valueName: "n"))
  var steps: Int?

  var range: RateRange {
    RateRange(start: minLr ?? 1e-7, end: maxLr ?? 10, steps: steps ?? 200)
  }

  func validate(for strategy: String?) throws {
    guard strategy == Self.strategy else {
      if minLr != nil || maxLr != nil || steps != nil {
        throw ValidationError(
          "--min-lr, --max-lr and --steps are for --strategy \(Self.strategy)")
      }
      return
    }
    guard range.start > 0, range.end.isFinite, range.start < range.end else {
      throw ValidationError("--min-lr must be above 0 and below --max-lr")
    }
    guard (20...10_000).contains(range.steps) else {
      throw ValidationError("--steps must be between 20 and 10000")
    }
  }

  /// The experiment file and the overrides.
  ///
  /// - Throws: ``InputError`` if there is no file, or for words and options that are for trials.
  func experiment(
    _ words: [String], _ search: SearchArguments, _ place: LauncherArguments
  ) throws -> (String, overrides: [String]) {
    guard let first = words.first, !first.contains("="), !first.hasPrefix("~") else {
      throw InputError(
        "'\(Self.strategy)' needs an experiment file",
        hint: (["runner", "sweep", "EXPERIMENT.yaml"] + words
          + ["--strategy", Self.strategy]).joined(separator: " "))
    }
    let unused =
      [
        (search.maxTrials != nil, "--max-trials"), (search.seed != nil, "--random-seed"),
        (search.objective != nil, "--objective"), (search.minEpochs != nil, "--min-epochs"),
        (search.reduction != nil, "--reduction"), (search.jobs != nil, "--jobs"),
        (search.keep != nil, "--keep"), (try place.choice.options() != nil, "--launcher"),
      ].first { $0.0 }
    if let unused {
      throw InputError(
        "\(unused.1) is for trials, and '\(Self.strategy)' is one training", hint: "leave it out")
    }
    return (first, Array(words.dropFirst()))
  }
}
