import Datasets
import Execution
import ExperimentConfig
import Files
import Graph
import Metrics
import Planning
import RunRecord
import Torch
import Training
import Transforms
import Weights

/// One model, or several whose probabilities are averaged.
struct ModelEnsemble {
  let classes: Int
  private let models: [Model]
  /// Beside each model: what its training found of its examples, where the transforms ask for that.
  private let statistics: [NormalizationFile]
  private let loss: LossFunction
  private let device: Device
  private let threads: Int
  private let batchSize: Int

  /// Loads state dicts into the run's model.
  ///
  /// - Throws: ``FileError`` if one is damaged, holds NaN or does not fit the model.
  init(_ plan: Plan, _ members: [PredictionRequest.Model], _ device: Device, threads: Int) throws {
    classes = plan.dataset.facts.classes
    self.device = device
    self.threads = threads
    let precision = plan.experiment.precision
    let autocast =
      precision.problem(on: "\(device)") == nil
      ? precision.autocast(besides: plan.frozenPrefix) : nil
    models = try members.map { member in
      let path = member.weights
      let file = try StateDictFile(reading: path)
      let comparison = file.compare(with: plan.graph.expectedTensors)
      guard comparison.fits else {
        let shown = comparison.problems.prefix(10).joined(separator: "\n  ")
        throw FileError(path: path, reason: "does not fit the run's model:\n  \(shown)")
      }
      let model = try Model(plan.graph, seed: plan.experiment.seed, device: device)
      try model.load(file.finiteEntries(named: comparison.loaded))
      model.autocast = autocast
      return model
    }
    let needsStatistics = plan.transforms.steps.contains(.normalizeByTraining)
    statistics =
      needsStatistics ? try members.map { try NormalizationFile(beside: $0.weights) } : []
    loss = try LossFunction(plan.experiment.loss, classes: classes, device: device)
    batchSize = plan.graph.evaluationBatch()
  }

  var isSingle: Bool { models.count == 1 }

  /// Computes the images batch by batch.
  ///
  /// - Parameter receive: gets which images, what the models say of them, and of a single model the
  ///   mean loss.
  func predict(
    _ images: LabelledImages, _ plan: ImagePlan,
    receive: (Range<Int>, Rows, Double?) throws -> Void
  ) throws {
    // Models of folds have each its own values of normalize: {fit: train}.
    let pipelines =
      statistics.isEmpty
      ? [plan.pipeline] : try statistics.map { try $0.fitted(plan.pipeline) }
    let examples = try pipelines.map {
      try ExampleSet(images, $0, device: device, threads: threads)
    }
    let evaluators = try models.indices.map { index in
      try Evaluator(
        models[index], loss, examples[examples.count == 1 ? 0 : index], classes: classes,
        batchSize: batchSize)
    }
    for start in stride(from: 0, to: images.count, by: batchSize) {
      let range = start..<min(start + batchSize, images.count)
      let evaluations = try evaluators.map { evaluator in
        let evaluation = try evaluator.run(
          Array(range), isInterrupted: { Interruption.isRequested })
        guard let evaluation else { throw TrainingInterrupted() }
        return evaluation
      }
      let scores = evaluations.map { $0.scores.map(Double.init) }
      if evaluations.count == 1 {
        let rows = Rows(
          predictions: evaluations[0].predictions, scores: scores[0], classes: classes)
        try receive(range, rows, evaluations[0].loss)
      } else {
        try receive(range, Rows(averaging: scores, loss.link, classes: classes), nil)
      }
    }
  }
}

/// What models say of some images.
struct Rows {
  let classes: Int
  private(set) var predictions: [Int]
  /// Row-major: one row an image, one column a class.
  private(set) var scores: [Double]

  var count: Int { predictions.count }

  init(count: Int, classes: Int) {
    self.classes = classes
    predictions = Array(repeating: 0, count: count)
    scores = Array(repeating: 0, count: count * classes)
  }

  init(predictions: [Int], scores: [Double], classes: Int) {
    self.classes = classes
    self.predictions = predictions
    self.scores = scores
  }

  /// The mean of the models' probabilities, and the class that it prefers; of equal ones the first.
  init(averaging models: [[Double]], _ link: ScoreLink, classes: Int) {
    let scores = link.averaged(models, classes: classes)
    self.init(
      predictions: ScoreLink.predictions(scores, classes: classes), scores: scores,
      classes: classes)
  }

  /// Takes over a row of others.
  mutating func set(_ row: Int, _ others: Rows, _ other: Int) {
    predictions[row] = others.predictions[other]
    for label in 0..<classes {
      scores[row * classes + label] = others.scores[other * classes + label]
    }
  }
}
