import Diagnostics
import ExperimentConfig
import Graph
import Schedules
import Tasks

extension Plan {
  /// The schedule of an experiment.
  ///
  /// - Returns: `nil` if there is none, or if an error was reported because its arguments conflict
  ///   with each other or with the training.
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

  /// The early stopping rule of an experiment.
  ///
  /// - Returns: `nil` if there is none, or if an error was reported because the monitored value
  ///   does not exist.
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
    Self.check(experiment.swa, over: training, of: experiment.epochs, diagnostics)
  }

  /// Reports an average that `max_steps` leaves without weights.
  static func check(
    _ swa: WeightAveragingSettings?, over training: TrainingFacts, of epochs: Int,
    _ diagnostics: DiagnosticCollector
  ) {
    guard let swa, (training.epochs + 1...max(training.epochs + 1, epochs)).contains(swa.startEpoch)
    else { return }
    diagnostics.error(
      "max_steps ends training in epoch \(training.epochs), before any weights are averaged",
      at: swa.startRange)
  }

  /// Reports a schedule that is much shorter or longer than the training.
  ///
  /// - Throws: ``InputError`` if its arguments conflict with the training.
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

  /// The result of `make`; `nil` if it threw an ``InputError``, which is reported.
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

  /// If the number of examples is not yet known, an epoch is assumed to be longer than any warm-up.
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
  /// Batch normalisation of a single value has no variance: PyTorch raises an error, and the
  /// running statistics would become invalid. Frozen batch normalisation does not compute
  /// statistics.
  static func checkBatches(
    _ data: Experiment.Data, trainCount: Int?, _ graph: Graph, _ trainability: Trainability,
    _ diagnostics: DiagnosticCollector
  ) {
    if let trainCount, data.dropLast, trainCount > 0, trainCount < data.batchSize {
      diagnostics.error(
        "\(trainCount) training examples do not fill one batch of \(data.batchSize), and drop_last "
          + "drops it", at: data.batchSizeRange)
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
