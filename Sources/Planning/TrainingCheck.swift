import Diagnostics
import ExperimentConfig
import Graph
import Schedules
import Tasks

extension Plan {
  /// What a training set of `trainCount` examples, if that is known, makes impossible; what the
  /// schedule and early stopping monitor, and whether their arguments fit the training.
  static func check(
    _ experiment: Experiment, trainCount: Int?, _ graph: Graph, _ trainability: Trainability,
    _ task: any Task, _ diagnostics: DiagnosticCollector
  ) throws {
    checkBatches(experiment.data, trainCount: trainCount, graph, trainability, diagnostics)
    let results = MonitoredResults(try MetricSet(experiment.metrics, task: task))
    let facts = try facts(experiment, trainCount: trainCount, results)
    do {
      if let component = experiment.schedule {
        let schedule = try ScheduleRegistry.make(component, facts)
        if var problem = schedule.lengthProblem(facts) {
          problem.range = problem.range ?? component.origin.range
          diagnostics.report(problem)
        }
      }
      if let settings = experiment.earlyStopping {
        let rule = try EarlyStoppingRule(settings, among: results)
        if let problem = rule.idleness(epochs: facts.epochs) { diagnostics.report(problem) }
      }
    } catch let error as InputError {
      error.diagnostics.forEach(diagnostics.report)
    }
  }

  /// Where the number of examples is not known yet, an epoch is longer than any warm-up.
  static func facts(
    _ experiment: Experiment, trainCount: Int?, _ results: MonitoredResults
  ) throws -> TrainingFacts {
    var steps = 1 << 40
    if let trainCount {
      let size = experiment.data.batchSize
      let batches = experiment.data.dropLast ? trainCount / size : (trainCount + size - 1) / size
      steps = max((batches + experiment.accumulate - 1) / experiment.accumulate, 1)
    }
    return TrainingFacts(
      learningRate: experiment.optimizer.learningRate, epochs: experiment.epochs,
      stepsPerEpoch: steps, maxSteps: trainCount == nil ? nil : experiment.maxSteps,
      knowsSteps: trainCount != nil, results: results)
  }

  /// Batch normalisation of a single value has no variance: PyTorch refuses it, and the running statistics
  /// would be lost in the middle of training. One that is frozen does without.
  private static func checkBatches(
    _ data: Experiment.Data, trainCount: Int?, _ graph: Graph, _ trainability: Trainability,
    _ diagnostics: DiagnosticCollector
  ) {
    if let trainCount, data.dropLast, trainCount > 0, trainCount < data.batchSize {
      diagnostics.error(
        "\(trainCount) training examples do not fill one batch of \(data.batchSize), and drop_last "
          + "leaves it out", at: data.batchSizeRange)
    }
    var last = data.batchSize
    if let trainCount, !data.dropLast, trainCount % data.batchSize != 0 {
      last = trainCount % data.batchSize
    }
    guard last == 1 else { return }
    let stored = trainability.alwaysStored(in: graph)
    let normalising = graph.nodes.indices.first {
      !stored.contains($0) && graph.nodes[$0].normalisesOneValueAnExample
    }
    guard let node = normalising.map({ graph.nodes[$0] }) else { return }
    diagnostics.error(
      data.batchSize == 1
        ? "'\(node.layer)' cannot train on batches of one example"
        : "'\(node.layer)' cannot train on the last batch, which has one example",
      at: node.range, hint: data.batchSize == 1 ? "raise batch_size" : "set data.drop_last: true")
  }
}

extension Graph.Node {
  fileprivate var normalisesOneValueAnExample: Bool {
    guard case .batchNorm = operation else { return false }
    return output.dims.dropFirst().allSatisfy { $0 == 1 }
  }
}
