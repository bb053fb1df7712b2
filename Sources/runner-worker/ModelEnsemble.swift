import DataSchema
import Datasets
import Diagnostics
import Execution
import ExperimentConfig
import Files
import Graph
import Planning
import Prediction
import RunRecord
import Tasks
import Torch
import Training
import Transforms
import WorkerProtocol

/// A single model, or several whose probabilities are averaged.
struct ModelEnsemble {
  /// The task for the joint decisions of the models.
  let task: any Task
  /// The task for each model's own decisions.
  private let tasks: [any Task]
  let models: [Model]
  /// Each model compiled for inference; `nil` where that gains nothing.
  private let plans: [InferencePlan?]
  /// The normalization statistics of each model's training; empty if the transforms do not need
  /// them.
  private let statistics: [NormalizationFile]
  /// What the inputs depend on in the training examples of each model; empty if on nothing.
  private let fittedInputs: [[UInt8]]
  private let loss: LossFunction
  private let device: Device
  private let threads: Int
  let batchSize: Int

  /// Loads state dicts into the run's model.
  ///
  /// - Throws: ``FileError`` if one is damaged, contains NaN or does not fit the model.
  ///
  /// - Parameter graph: the run's model for other inputs; `nil` for the run's own.
  init(
    _ plan: Plan, _ members: [PredictionRequest.Model], _ device: Device, threads: Int,
    graph: Graph? = nil
  ) throws {
    let graph = graph ?? plan.graph
    if members.count > 1, !type(of: plan.task).combinesPredictions {
      throw InputError(
        "the predictions of \(members.count) models for \(plan.task.target.kind) cannot be combined",
        hint: "take one of them: --fold 1, or --seed")
    }
    let tasks = try members.map { try RunDirectory(path: $0.directory).fitted(plan.task) }
    task = plan.task.combined(tasks)
    self.tasks = tasks
    self.device = device
    self.threads = threads
    let precision = plan.experiment.precision
    let autocast =
      precision.problem(on: "\(device)") == nil
      ? precision.autocast(besides: plan.frozenPrefix) : nil
    models = try members.map { member in
      let model = try Model(
        graph, weights: member.weights, seed: plan.experiment.seed, device: device)
      model.autocast = autocast
      return model
    }
    let needsStatistics = plan.transforms?.steps.contains(.normalizeByTraining) == true
    statistics =
      needsStatistics ? try members.map { try NormalizationFile(beside: $0.weights) } : []
    fittedInputs = try members.compactMap {
      try RunDirectory(path: $0.directory).fittedInputs()
    }
    // Loss weights fitted to training examples do not affect predictions.
    loss = try LossFunction(
      plan.loss.objective(plan.lossTargets),
      width: task.outputCount, input: graph.inputs[0].shape.dims, device: device)
    let batchSize = graph.evaluationBatch()
    plans = try models.map { try $0.evaluationPlan(behind: nil, rows: batchSize) }
    self.batchSize = batchSize
  }

  var isSingle: Bool { models.count == 1 }

  /// Predicts images in batches.
  ///
  /// - Parameters:
  ///   - views: the views of each image whose predictions are averaged; `nil` for the image alone.
  ///   - maps: for masks, is given the predicted class of each pixel of an image, by its position in `source`.
  ///   - receive: called with the range of images, their predictions and, for a single model and view, their
  ///     mean loss.
  func predict(
    _ source: any ExampleSource, _ plan: ImagePlan, views: ImageViews? = nil,
    maps: ((Int, ClassMap) throws -> Void)? = nil,
    receive: (Range<Int>, Predictions, Double?) throws -> Void
  ) throws {
    if let views, !type(of: task).combinesPredictions {
      throw InputError(
        "--views \(views.rawValue): the predictions of several views for \(task.target.kind) cannot be "
          + "combined")
    }
    guard let views, let pipeline = plan.pipeline else {
      return try evaluate(source, plan.pipeline, maps: maps) { range, evaluations in
        if evaluations.count == 1 {
          try receive(range, evaluations[0].predictions, evaluations[0].loss)
        } else {
          try receive(range, task.average(evaluations.map(\.predictions)), nil)
        }
      }
    }
    let pipelines: [TransformPipeline]
    do {
      pipelines = try pipeline.views(views)
    } catch {
      throw InputError("--views \(views.rawValue): \(error.message)", hint: error.hint)
    }
    // One view after the other: each keeps its images in memory only while it is evaluated.
    var ranges: [Range<Int>] = []
    var predictions: [[Predictions]] = []
    for (place, pipeline) in pipelines.enumerated() {
      var batch = 0
      try evaluate(source, pipeline) { range, evaluations in
        if place == 0 {
          ranges.append(range)
          predictions.append([])
        }
        predictions[batch] += evaluations.map(\.predictions)
        batch += 1
      }
    }
    for (range, predictions) in zip(ranges, predictions) {
      try receive(range, task.average(predictions), nil)
    }
  }

  /// Evaluates all models in batches.
  ///
  /// - Parameter receive: called with the range of examples and the evaluation of each model.
  private func evaluate(
    _ source: any ExampleSource, _ pipeline: TransformPipeline?,
    maps: ((Int, ClassMap) throws -> Void)? = nil,
    receive: (Range<Int>, [Evaluation]) throws -> Void
  ) throws {
    // The models of folds each have their own statistics, which other models must not use.
    let isShared = statistics.isEmpty && fittedInputs.isEmpty
    let examples = try (isShared ? 0..<1 : models.indices).map {
      try self.examples(source, pipeline, model: $0)
    }
    let evaluators = try models.indices.map { index in
      try Evaluator(
        models[index], loss, examples[examples.count == 1 ? 0 : index],
        task: tasks[index],
        batchSize: batchSize, plan: plans[index])
    }
    for start in stride(from: 0, to: source.count, by: batchSize) {
      let range = start..<min(start + batchSize, source.count)
      let evaluations = try evaluators.map { evaluator in
        let evaluation = try evaluator.run(
          Array(range), receive: maps, isInterrupted: { Interruption.isRequested })
        guard let evaluation else { throw TrainingInterrupted() }
        return evaluation
      }
      try receive(range, evaluations)
    }
  }

  /// Examples with the inputs that a model takes.
  func examples(
    _ source: any ExampleSource, _ pipeline: TransformPipeline?, model index: Int
  ) throws -> ExampleSet {
    let fitted =
      statistics.isEmpty
      ? pipeline : try pipeline.map { try statistics[index].fitted($0) }
    let inputs = fittedInputs.isEmpty ? source : try source.applying(fittedInputs[index])
    return try ExampleSet(
      inputs, fitted, isCategory: task.targetsAreClasses, device: device, threads: threads)
  }

  /// What a single model says of an image, as probabilities of the classes of each pixel, [classes, height, width].
  func probabilities(
    of image: ImagesInMemory, _ pipeline: TransformPipeline
  ) throws -> [Float] {
    let fitted = try statistics.first?.fitted(pipeline) ?? pipeline
    let examples = try ExampleSet(
      image.withoutTargets(width: targetWidth, as: task.target), fitted,
      isCategory: task.targetsAreClasses, device: device, threads: threads)
    return try withInferenceMode {
      let plan = plans[0]
      let inputs = try examples.batch(0..<1, format: plan?.format ?? models[0].format).inputs
      return try (plan?(inputs) ?? models[0](inputs)).softmax(dim: 1).floats()
    }
  }

  /// The number of values in a target.
  var targetWidth: Int { task.layout(loss.link).targets.count }

  /// The columns of these models' predictions.
  var layout: PredictionLayout { task.layout(loss.link) }
}
