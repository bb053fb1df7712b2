import ArgumentParser
import WorkerProtocol

/// The data set to predict.
struct DatasetArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A data set: mnist, digits, or idx with --folder. Without it --split means the run's own data.",
      valueName: "name"))
  var dataset: String?

  @Option(help: "The folder of an idx data set.", completion: .directory)
  var folder: String?

  @Option(help: "Which part of the data: test, train or, of the run's own, validation.")
  var split: PredictionRequest.Examples.Split?

  @Option(help: "Uses the first N examples; for the test set, this may be more than the run used.")
  var limit: Int?

  /// Whether to predict a data set rather than images.
  var isGiven: Bool { dataset != nil || split != nil }
}

extension PredictionRequest.Examples.Split: ExpressibleByArgument {}
