import ExperimentConfig
import Metrics

/// The contents of `summary.json`: what a run found out.
package struct RunSummary: Codable, Sendable, Equatable {
  package struct Parameters: Codable, Sendable, Equatable {
    package var total: Int
    package var trainable: Int

    package init(total: Int, trainable: Int) {
      self.total = total
      self.trainable = trainable
    }
  }

  package var status: String
  package var identity: String
  /// The data set that was used, which is the fallback where there was one.
  package var dataset: String
  package var parameters: Parameters
  /// Epochs that were trained, a last one that `max_steps` cut short included.
  package var epochs: Int
  /// The epoch of `weights/best.safetensors`: the one with the lowest validation loss.
  package var bestEpoch: Int
  /// `loss`, `accuracy` and so on with the best weights; the mean over folds or seeds, where there are
  /// several.
  package var validation: [String: Double]
  /// With folds: of the models' averaged probabilities. With seeds: the mean over them.
  package var test: [String: Double]
  /// By split and metric: the lower and upper end of the 95 % interval, by bootstrap over the examples;
  /// with folds that of validation is the t interval of the mean, with seeds both are.
  package var intervals: [String: [String: [Double]]]?
  /// With folds or seeds: the standard deviations of `validation` over them (n − 1).
  package var validationSD: [String: Double]?
  /// With seeds: the standard deviations of `test` over them (n − 1).
  package var testSD: [String: Double]?
  /// With folds: the metrics of all out-of-fold predictions together.
  package var pooled: [String: Double]?
  package var folds: [Part]?
  package var seeds: [Part]?

  /// One of several trainings.
  package struct Part: Codable, Sendable, Equatable {
    /// From 1, counted over all repeats.
    package var fold: Int?
    package var `repeat`: Int?
    package var seed: UInt64?
    package var epochs: Int
    package var bestEpoch: Int
    package var trainExamples: Int
    package var validationExamples: Int
    package var validation: [String: Double]
    package var test: [String: Double]

    enum CodingKeys: String, CodingKey {
      case fold, `repeat`, seed, epochs
      case bestEpoch = "best_epoch"
      case trainExamples = "train_examples"
      case validationExamples = "validation_examples"
      case validation, test
    }

    package init(
      fold: Int? = nil, repeat: Int? = nil, seed: UInt64? = nil, epochs: Int, bestEpoch: Int,
      trainExamples: Int,
      validationExamples: Int, validation: [String: Double], test: [String: Double]
    ) {
      self.fold = fold
      self.repeat = `repeat`
      self.seed = seed
      self.epochs = epochs
      self.bestEpoch = bestEpoch
      self.trainExamples = trainExamples
      self.validationExamples = validationExamples
      self.validation = validation
      self.test = test
    }
  }

  /// By split: the classes, by number, that none of its examples has; nil if there are none.
  package var withoutExamples: [String: [Int]]?

  /// What ``withoutExamples`` says of these results.
  package static func classesWithoutExamples(
    _ matrices: [String: ConfusionMatrix]
  ) -> [String: [Int]]? {
    let found = matrices.filter { $0.value.total > 0 }.mapValues { matrix in
      let (predicted, absent) = matrix.withoutExamples
      return (predicted + absent).sorted()
    }.filter { !$0.value.isEmpty }
    return found.isEmpty ? nil : found
  }

  /// How many examples the training and the validation have.
  package var examples: Examples?

  package struct Examples: Codable, Sendable, Equatable {
    package var train: Int
    package var validation: Int
    package var test: Int

    package init(train: Int, validation: Int, test: Int) {
      self.train = train
      self.validation = validation
      self.test = test
    }
  }

  enum CodingKeys: String, CodingKey {
    case status, identity, dataset, parameters, epochs
    case bestEpoch = "best_epoch"
    case validation, test, intervals, examples, pooled, folds, seeds
    case validationSD = "validation_sd"
    case testSD = "test_sd"
    case withoutExamples = "classes_without_examples"
  }

  package init(
    status: String, identity: String, dataset: String, parameters: Parameters, epochs: Int,
    bestEpoch: Int, validation: [String: Double], test: [String: Double],
    intervals: [String: [String: [Double]]]? = nil
  ) {
    self.intervals = intervals
    self.status = status
    self.identity = identity
    self.dataset = dataset
    self.parameters = parameters
    self.epochs = epochs
    self.bestEpoch = bestEpoch
    self.validation = validation
    self.test = test
  }
}
