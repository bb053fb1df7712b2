import ArgumentParser
import Orchestration

/// Which models of a run to use.
struct ModelArguments: ParsableArguments {
  @Option(help: "The weights: best or last.")
  var weights: WeightsChoice = .best

  @Option(help: "Uses the model of this fold (from 1).")
  var fold: Int?

  @Option(help: "Uses the model of this seed.")
  var seed: UInt64?

  @Flag(help: "Averages the probabilities of the models of all folds or seeds.")
  var ensemble = false

  enum WeightsChoice: String, ExpressibleByArgument, CaseIterable {
    case best, last
  }

  var choice: PredictionModels.Choice {
    if ensemble { return .all }
    return fold.map { .fold($0) } ?? seed.map { .seed($0) } ?? .any
  }
}
