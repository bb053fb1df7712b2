import DataSchema
import Datasets
import Execution
import ExperimentConfig
import Files
import Graph
import Planning
import RunRecord
import Tasks
import Torch
import Training
import Transforms
import Weights
import WorkerProtocol

/// One model, or several whose probabilities are averaged.
struct ModelEnsemble {
  /// What the models decide by together.
  let task: any Task
  /// What each decides by alone.
  private let tasks: [any Task]
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
    // Weights that training examples decided count for no answer.
    loss = try LossFunction(
      plan.loss.objective(task.lossTarget, plan.lossColumns),
      width: task.outputCount, device: device)
    batchSize = plan.graph.evaluationBatch()
  }

  var isSingle: Bool { models.count == 1 }

  /// Computes the images batch by batch.
  ///
  /// - Parameter receive: gets which images, what the models say of them, and of a single model the
  ///   mean loss.
  func predict(
    _ source: any ExampleSource, _ plan: ImagePlan,
    receive: (Range<Int>, Predictions, Double?) throws -> Void
  ) throws {
    // Models of folds have each its own values of normalize: {fit: train}.
    let pipelines =
      statistics.isEmpty
      ? [plan.pipeline] : try statistics.map { try $0.fitted(plan.pipeline) }
    let examples = try pipelines.map {
      try ExampleSet(
        source, $0, isCategory: task.targetsAreClasses, device: device, threads: threads)
    }
    let evaluators = try models.indices.map { index in
      try Evaluator(
        models[index], loss, examples[examples.count == 1 ? 0 : index],
        task: tasks[index],
        batchSize: batchSize)
    }
    for start in stride(from: 0, to: source.count, by: batchSize) {
      let range = start..<min(start + batchSize, source.count)
      let evaluations = try evaluators.map { evaluator in
        let evaluation = try evaluator.run(
          Array(range), isInterrupted: { Interruption.isRequested })
        guard let evaluation else { throw TrainingInterrupted() }
        return evaluation
      }
      if evaluations.count == 1 {
        try receive(range, evaluations[0].predictions, evaluations[0].loss)
      } else {
        try receive(range, task.average(evaluations.map(\.predictions)), nil)
      }
    }
  }

  /// Numbers that a target has.
  var targetWidth: Int { task.layout(loss.link).targets.count }

  /// What answers of these models have.
  var layout: PredictionLayout { task.layout(loss.link) }
}
