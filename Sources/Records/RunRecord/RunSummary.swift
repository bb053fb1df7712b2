import ExperimentConfig
import Statistics
import Tasks

/// The contents of `summary.json`: the results of a run.
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
  /// The task; `nil` in directories of format 1, which are always classification.
  package var task: String?
  /// The key of the score by which runs are ranked and compared; `nil` in directories of format 1.
  package var primary: String?
  /// The unit and direction of each score, by key; `nil` in directories of format 1.
  package var metrics: [String: MetricRecord]?
  /// The data set that was used, which may be the fallback.
  package var dataset: String
  package var parameters: Parameters
  /// The number of trained epochs, including a last one that `max_steps` cut short.
  package var epochs: Int
  /// The epoch of `weights/best.safetensors`: the one with the best monitored validation result (by
  /// default the loss), or the last one if none is selected by validation. `nil` with folds or
  /// seeds, each of which has its own.
  package var bestEpoch: Int?
  /// The loss, the primary metric and so on with the best weights; with folds or seeds, the mean
  /// over them. Empty for a run without validation examples.
  package var validation: [String: Double]
  /// The test scores. With folds, of the models' averaged probabilities; with seeds, the mean over
  /// them.
  package var test: [String: Double]
  /// The lower and upper ends of the intervals, by split and metric.
  package var intervals: [String: [String: [Double]]]?
  /// As `validation`, over a sample of the training examples in evaluation mode without
  /// augmentation. Used to judge over- and underfitting.
  package var trainSample: [String: Double]?
  /// Why a value is undefined, by split (`validation`, `test`, `train_sample`, `pooled`) and key;
  /// with folds or seeds, why some of them have none.
  package var undefined: [String: [String: String]]?
  /// With folds or seeds, how many of them have a value and contribute to the mean, by split and
  /// key; only if not all do.
  package var meansOver: [String: [String: Int]]?
  /// The best possible score on the training examples of a model that ignores its inputs and knows
  /// only the distribution of the targets: `loss` and, if the task defines it, the primary metric.
  package var baseline: [String: Double]?
  /// Why the training ended; with folds or seeds, see their entries.
  package var end: TrainingEnd?
  /// How the intervals were computed, by split; `nil` without intervals, and in summaries of older
  /// versions. See ``interval(_:_:)``.
  package var intervalMethods: [String: IntervalMethod]?
  /// How many independent examples and which models the scores are based on, by split.
  package var scored: [String: ScoreBasis]?
  /// With folds or seeds, the standard deviations of `validation` over them (n − 1).
  package var validationSD: [String: Double]?
  /// With seeds, the standard deviations of `test` over them (n − 1).
  package var testSD: [String: Double]?
  /// With folds, the mean of `test` over the individual models, comparable with the scores of a
  /// single training, and its standard deviation (n − 1).
  package var singleModelTest: [String: Double]?
  package var singleModelTestSD: [String: Double]?
  /// With folds, the metrics of all out-of-fold predictions together.
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
    package var bestEpoch: Int?
    package var trainExamples: Int
    package var validationExamples: Int
    package var validation: [String: Double]
    package var test: [String: Double]
    package var trainSample: [String: Double]?
    package var undefined: [String: [String: String]]?
    package var end: TrainingEnd?

    enum CodingKeys: String, CodingKey {
      case fold, `repeat`, seed, epochs
      case bestEpoch = "best_epoch"
      case trainExamples = "train_examples"
      case validationExamples = "validation_examples"
      case validation, test, undefined, end
      case trainSample = "train_sample"
    }

    package init(
      fold: Int? = nil, repeat: Int? = nil, seed: UInt64? = nil, epochs: Int, bestEpoch: Int?,
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

  /// The numbers of the classes without examples, by split; `nil` if there are none.
  package var withoutExamples: [String: [Int]]?

  /// The numbers of training and validation examples.
  package var examples: Examples?

  package struct Examples: Codable, Sendable, Equatable {
    package var train: Int
    package var validation: Int
    package var test: Int
    /// The number of training examples that were evaluated again with the best weights.
    package var trainSample: Int?

    enum CodingKeys: String, CodingKey {
      case train, validation, test
      case trainSample = "train_sample"
    }

    package init(train: Int, validation: Int, test: Int, trainSample: Int? = nil) {
      self.train = train
      self.validation = validation
      self.test = test
      self.trainSample = trainSample
    }
  }

  enum CodingKeys: String, CodingKey {
    case status, identity, task, primary, metrics, dataset, parameters, epochs
    case bestEpoch = "best_epoch"
    case validation, test, intervals, examples, pooled, folds, seeds, undefined, baseline, end
    case trainSample = "train_sample"
    case meansOver = "means_over"
    case scored
    case intervalMethods = "interval_methods"
    case validationSD = "validation_sd"
    case testSD = "test_sd"
    case withoutExamples = "classes_without_examples"
    case singleModelTest = "single_model_test"
    case singleModelTestSD = "single_model_test_sd"
  }

  /// The interval of a score; `nil` if there is none, or if the summary does not describe it.
  package func interval(_ split: String, _ key: String) -> Interval? {
    guard let ends = intervals?[split]?[key], ends.count == 2,
      let method = intervalMethods?[split]
    else { return nil }
    return Interval(lower: ends[0], upper: ends[1], method: method)
  }

  /// Sets the intervals of a split, which were all computed in the same way.
  package mutating func setIntervals(_ found: [String: Interval], of split: String) {
    // Resamples for which a metric is undefined are left out of its interval.
    let widest = found.values.max { ($0.method.resamples ?? 0) < ($1.method.resamples ?? 0) }
    guard let method = widest?.method else { return }
    intervals = intervals ?? [:]
    intervalMethods = intervalMethods ?? [:]
    intervals?[split] = found.mapValues { [$0.lower, $0.upper] }
    intervalMethods?[split] = method
  }

  package init(
    status: String, identity: String, dataset: String, parameters: Parameters, epochs: Int,
    bestEpoch: Int?, validation: [String: Double], test: [String: Double],
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
