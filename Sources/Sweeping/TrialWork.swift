import DataSchema
import Datasets
import ExperimentConfig
import Graph
import Planning
import WorkerProtocol

/// The amount of computation in a trial, according to its configuration; combined with timed steps,
/// it yields an estimate of the time.
package struct TrialWork: Sendable, Equatable {
  /// The numbers of training and test examples of a data set.
  package struct Examples: Sendable, Equatable {
    package var train: Int
    package var test: Int

    package init(train: Int, test: Int) {
      self.train = train
      self.test = test
    }
  }

  /// Seconds for starting programs, plots and the report.
  private static let secondsBesides = 2.0

  private let epochs: Int
  private let maxSteps: Int?
  /// The number of folds or seeds.
  private let trainings: Int
  /// The number of examples per optimizer step; ``perStep(_:)`` limits it to the size of the data
  /// set.
  private let examplesPerStep: Int
  private let trainShare: Double
  private let trainLimit: Int?
  private let testLimit: Int?
  /// FLOPs for one example in a step.
  private let flops: Int
  private let keepsFeatures: Bool

  package init(_ plan: Plan) {
    let experiment = plan.experiment
    let data = experiment.data
    let prefix = experiment.usesFeatureCache ? plan.frozenPrefix : nil
    epochs = experiment.epochs
    maxSteps = experiment.maxSteps
    trainings = experiment.parts?.count ?? 1
    examplesPerStep = data.batchSize * experiment.accumulate
    trainShare =
      switch data.split.kind {
      case .holdOut(let share): 1 - share
      case .given: plan.dataset.dataSchema.givenTrainShare
      case .folds(let folds): 1 - 1 / Double(folds.count)
      }
    (trainLimit, testLimit) = (data.trainLimit, data.testLimit)
    flops = plan.graph.flops - (prefix?.flops ?? 0)
    keepsFeatures = prefix != nil
  }

  /// - Parameters:
  ///   - timing: the steps of `timed`, which may have another configuration: time is assumed to be
  ///     proportional to examples and FLOPs.
  ///   - examples: the size of the data set.
  func seconds(_ timing: StepTiming, of timed: TrialWork, _ examples: Examples) -> Double {
    let scale = Double(max(flops, 1)) / Double(max(timed.flops, 1))
    let all = Double(min(examples.train, trainLimit ?? .max))
    let test = Double(min(examples.test, testLimit ?? .max))
    let perEpoch = all * trainShare
    let trained = min(
      perEpoch * Double(epochs),
      maxSteps.map { Double($0) * Double(perStep(examples)) } ?? .infinity)
    // Evaluated after each epoch, and once more with the best weights.
    let evaluated = (all - perEpoch) * ((trained / max(perEpoch, 1)).rounded(.up) + 1) + test
    let training = trained * timing.step / Double(timed.perStep(examples))
    return Double(trainings) * scale * (training + evaluated * timing.evaluation)
      + Self.secondsBesides
  }

  /// The number of examples per optimizer step, limited to the size of the data set.
  package func perStep(_ examples: Examples) -> Int {
    let perEpoch = Double(min(examples.train, trainLimit ?? .max)) * trainShare
    return max(1, min(examplesPerStep, Int(perEpoch)))
  }

  /// The time of the pass through the frozen layers, done once for all trials that share it.
  func secondsOnce(_ timing: StepTiming, _ examples: Examples) -> Double {
    guard keepsFeatures else { return 0 }
    let count = min(examples.train, trainLimit ?? .max) + min(examples.test, testLimit ?? .max)
    return Double(count) * timing.feature
  }
}
