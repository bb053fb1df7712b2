import Diagnostics
import ExperimentConfig
import Graph
import Schedules
import Tasks

extension Plan {
  /// The schedule that an experiment names.
  ///
  /// - Returns: `nil` if there is none, or once it has been reported that its arguments contradict each
  ///   other or the training.
  static func schedule(
    _ experiment: Experiment, _ training: TrainingFacts, _ diagnostics: DiagnosticCollector
  ) throws -> (any ScheduleDefinition)? {
    guard let component = experiment.schedule else { return nil }
    return try reporting(to: diagnostics) {
      let schedule = try ScheduleRegistry.make(component)
      try check(schedule, at: component.origin.range, over: training, diagnostics)
      return schedule
    }
  }

  /// When training ends before its last epoch.
  ///
  /// - Returns: `nil` if the experiment does not ask for that, or once it has been reported that what it
  ///   monitors does not exist.
  static func earlyStopping(
    _ experiment: Experiment, _ training: TrainingFacts, _ diagnostics: DiagnosticCollector
  ) throws -> EarlyStoppingRule? {
    guard let settings = experiment.earlyStopping else { return nil }
    return try reporting(to: diagnostics) {
      let rule = try EarlyStoppingRule(settings, among: training.results)
      if let problem = rule.idleness(epochs: training.epochs) { diagnostics.report(problem) }
      return rule
    }
  }

  /// Reports settings that a training set of `trainCount` examples makes impossible.
  func check(trainCount: Int, _ diagnostics: DiagnosticCollector) throws {
    Self.checkBatches(
      experiment.data, trainCount: trainCount, graph, trainability, diagnostics)
    let training = Self.facts(experiment, trainCount: trainCount, metrics)
    if let schedule {
      _ = try Self.reporting(to: diagnostics) {
        try Self.check(
          schedule, at: experiment.schedule?.origin.range, over: training, diagnostics)
      }
    }
    if let problem = earlyStopping?.idleness(epochs: training.epochs) {
      diagnostics.report(problem)
    }
  }

  /// Reports if a schedule is much shorter or longer than the training.
  ///
  /// - Throws: ``InputError`` if its arguments contradict the training.
  private static func check(
    _ schedule: any ScheduleDefinition, at range: SourceRange?, over training: TrainingFacts,
    _ diagnostics: DiagnosticCollector
  ) throws {
    _ = try schedule.schedule(over: training)
    if var problem = schedule.lengthProblem(training) {
      problem.range = problem.range ?? range
      diagnostics.report(problem)
    }
  }

  /// The result of `make`; `nil` once its ``InputError`` has been reported.
  private static func reporting<Value>(
    to diagnostics: DiagnosticCollector, _ make: () throws -> Value
  ) throws -> Value? {
    do {
      return try make()
    } catch let error as InputError {
      error.diagnostics.forEach(diagnostics.report)
      return nil
    }
  }

  /// If the number of examples is not known yet, an epoch is assumed to be longer than any warm-up.
  static func facts(
    _ experiment: Experiment, trainCount: Int?, _ metrics: MetricSet
  ) -> TrainingFacts {
    var steps = 1 << 40
    if let trainCount {
      let size = experiment.data.batchSize
      let batches = experiment.data.dropLast ? trainCount / size : (trainCount + size - 1) / size
      steps = max((batches + experiment.accumulate - 1) / experiment.accumulate, 1)
    }
    return TrainingFacts(
      learningRate: experiment.optimizer.learningRate, epochs: experiment.epochs,
      stepsPerEpoch: steps, maxSteps: trainCount == nil ? nil : experiment.maxSteps,
      knowsSteps: trainCount != nil, results: MonitoredResults(metrics))
  }

  /// Reports settings that a training set of `trainCount` examples, if known, makes impossible.
  ///
  /// Batch normalisation of a single value has no variance: PyTorch refuses it, and the running statistics
  /// would be lost in the middle of training. One that is frozen does without.
  static func checkBatches(
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
