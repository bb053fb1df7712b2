import Datasets
import Diagnostics
import Execution
import ExperimentConfig
import Graph
import Planning
import RunRecord
import Schedules
import Splits
import Tasks
import Torch
import Weights
import WorkerProtocol

/// Runs a training from its first step, or from a checkpoint, to the end. It only computes and notifies its
/// observer; files and progress bars are up to the observer.
package final class Trainer {
  package struct Result {
    package let epochs: Int
    /// The epoch whose weights `model` has; 0 if they are the average of several.
    package let bestEpoch: Int
    package let end: TrainingEnd
    /// The model; after training it has the weights of the best epoch, or the average of the last ones.
    package let model: Model
    package let loss: LossFunction
    package let bestWeights: [SafeTensors.Entry]
    package let lastWeights: [SafeTensors.Entry]
  }

  let job: TrainingJob
  let model: Model
  let optimizer: Optimizer
  let average: WeightAverage?
  var progress = TrainingProgress()
  /// The trainable weights of the best epoch.
  var bestWeights: [SafeTensors.Entry]?
  private let loss: LossFunction
  private let stepper: any TrainingStepper
  private(set) var schedule: (any Schedule)?
  private(set) var earlyStopping: EarlyStopping?
  /// Monitored results whose skipped epochs have been reported.
  var reportedSkips: Set<String> = []
  private let clock = ContinuousClock()

  /// - Throws: If the snapshot does not match the job; ``InputError`` if the loss is undefined for the training
  ///   examples.
  package init(_ job: TrainingJob, from snapshot: TrainingSnapshot? = nil) throws {
    if let problem = job.undefinedLoss { throw InputError([problem]) }
    self.job = job
    model = try job.makeModel()
    for (name, tensor) in model.parameters where job.trainability.rule(for: name).firstEpoch == nil
    {
      try tensor.setRequiresGrad(false)
    }
    let optimizer = try Optimizer(job.optimizer, groups: job.parameterGroups(of: model))
    self.optimizer = optimizer
    loss = try LossFunction(
      job.objective, width: job.task.outputCount, input: model.graph.inputs[0].shape.dims,
      device: job.device)
    let general = GeneralStepper(job, model, loss, optimizer)
    let compiled =
      job.usesCompiledSteps && job.outputLosses == OutputLosses()
      ? try CompiledStepper(job, model, loss, optimizer) : nil
    if let compiled {
      stepper = compiled
    } else {
      stepper = RecordedStepper(job, general, model, optimizer) ?? general
    }
    average = try job.averageRule.map { try WeightAverage(optimizer.parameters, $0) }
    schedule = try job.schedule?.schedule(over: job.facts)
    earlyStopping = job.earlyStopping.map {
      EarlyStopping(monitor: $0.monitor, patience: $0.patience, minDelta: $0.minDelta)
    }
    if let snapshot { try restore(snapshot) }
    if let state = progress.schedule { schedule?.state = state }
    if let state = progress.earlyStopping { earlyStopping?.state = state }
  }

  /// Whether steps run in custom kernels. This depends on the graph, the loss and the optimizer.
  package var isCompiled: Bool { stepper is CompiledStepper }

  /// Whether the device repeats steps from a recording.
  package var isRecorded: Bool { stepper is RecordedStepper }

  package var isFinished: Bool {
    progress.step >= job.totalSteps && progress.stepInEpoch == 0
      || progress.epochs >= job.epochs || (progress.earlyStopping?.hasStopped ?? false)
  }

  /// Trains to the end.
  ///
  /// - Parameter lastEpoch: if training is not over after this epoch, a checkpoint is saved and training is
  ///   interrupted.
  /// - Throws: ``TrainingInterrupted`` if interrupted by the observer or `lastEpoch`; ``TrainingFailure``
  ///   if the loss becomes non-finite; ``InputError`` if a monitored result was never defined.
  package func run(_ observer: any TrainingObserver, until lastEpoch: Int? = nil) throws -> Result {
    while !isFinished {
      if let lastEpoch, progress.epochs >= lastEpoch { try stop(observer) }
      let epoch = progress.epochs + 1
      let start = clock.now
      let before = progress.sums.examples
      try optimizer.prepare(epoch: epoch)
      model.storedStatistics = job.trainability.storedStatistics(in: job.graph, epoch: epoch)
      model.fixedModules = job.trainability.fixedModules(in: job.graph, epoch: epoch)
      let rate = try train(epoch: epoch, since: start, observer)
      let trainTime = start.duration(to: clock.now).seconds
      guard let values = try evaluate(observer) else { try stop(observer) }
      let evaluationTime = start.duration(to: clock.now).seconds - trainTime
      let sums = progress.sums
      try finish(epoch, values)

      var record = ["train_loss": sums.meanLoss, "lr": rate]
      if let score = job.task.runningScore { record["train_\(score.key)"] = sums.shareOfCorrect }
      for (key, value) in values.all.values { record[key] = value }
      try observer.didFinish(
        EpochEnd(
          record: EpochRecord(
            fold: job.fold, epoch: epoch, values: record, undefined: values.all.undefined),
          timing: EpochTiming(
            fold: job.fold, epoch: epoch, trainSeconds: trainTime,
            evaluationSeconds: evaluationTime,
            examplesPerSecond: Double(sums.examples - before) / max(trainTime, 1e-9))))
      try reportSkips(to: observer)
      try checkMonitored(isAtEnd: false)
      let isDue = observer.isCheckpointDue(step: progress.step, atEndOfEpoch: true)
      if observer.isInterrupted {
        // Also after the last epoch: what follows can be interrupted and has no state of its own.
        if !isFinished { try stop(observer) }
        try observer.keep(snapshot())
      } else if isDue {
        try observer.keep(snapshot())
      }
    }
    try checkMonitored(isAtEnd: true)
    try observer.willEnd(snapshot)
    return try result(observer)
  }

  /// The best epoch's weights so far, for a training that cannot continue.
  package func bestState() throws -> [SafeTensors.Entry]? {
    guard let bestWeights else { return nil }
    try model.load(bestWeights, keeping: job.unchangedNames)
    return try model.stateDict()
  }

  private func stop(_ observer: any TrainingObserver) throws -> Never {
    try observer.keep(snapshot())
    throw TrainingInterrupted()
  }

  private func result(_ observer: any TrainingObserver) throws -> Result {
    let last = try withAveragedWeights { try model.stateDict() }
    if let bestWeights { try model.load(bestWeights, keeping: job.unchangedNames) }
    try useEqualAverage(observer)
    return Result(
      epochs: progress.epochs, bestEpoch: job.swa == nil ? progress.best?.epoch ?? 0 : 0, end: end,
      model: model,
      loss: loss, bestWeights: try model.stateDict(), lastWeights: last)
  }

  // MARK: Training

  /// Runs the remaining steps of an epoch.
  ///
  /// - Returns: the learning rate of the last step.
  private func train(
    epoch: Int, since start: ContinuousClock.Instant, _ observer: any TrainingObserver
  ) throws -> Double {
    let order = job.order(epoch: epoch)
    let batches = try EpochOrder.batches(
      count: order.count, size: job.batchSize, dropLast: job.dropLast)
    let examplesBefore = progress.sums.examples
    let left = batches.dropFirst(progress.stepInEpoch * job.accumulate)
    job.examples.expect(
      left.map { order[$0].map { job.trainIndices[$0] } },
      augmenting: job.augmentation(epoch: epoch))
    var unread = UnreadSteps()
    func read() throws {
      try unread.read(epoch: epoch) { step, sums in
        progress.sums.add(sums)
        let elapsed = start.duration(to: clock.now).seconds
        try observer.didStep(
          StepRecord(
            epoch: epoch, step: step.number, stepInEpoch: step.inEpoch, loss: sums.meanLoss,
            meanLoss: progress.sums.meanLoss,
            examplesPerSecond: Double(progress.sums.examples - examplesBefore) / max(elapsed, 1e-9)
          ))
      }
    }
    for first in stride(
      from: progress.stepInEpoch * job.accumulate, to: batches.count, by: job.accumulate)
    where progress.step < job.totalSteps {
      progress.step += 1
      progress.stepInEpoch += 1
      optimizer.factor = factor(in: epoch)
      let part = first..<min(first + job.accumulate, batches.count)
      let outcome = try step(
        epoch: epoch, batches: part.map { (number: $0, indices: order[batches[$0]]) })
      unread.add(outcome, step: progress.step, stepInEpoch: progress.stepInEpoch)
      if unread.isDue { try read() }
      if observer.isInterrupted {
        try read()
        try stop(observer)
      }
      if observer.isCheckpointDue(step: progress.step, atEndOfEpoch: false) {
        try read()
        try observer.keep(snapshot())
      }
    }
    try read()
    return optimizer.learningRate * factor(in: epoch)
  }

  /// The learning-rate factor of the most recently started step.
  private func factor(in epoch: Int) -> Double {
    if let range = job.rateRange {
      return range.rate(at: progress.step) / job.optimizer.learningRate
    }
    let scheduled = job.scheduledPosition(
      SchedulePosition(step: progress.step, epoch: epoch))
    return job.averagingFactor(schedule?.factor(at: scheduled) ?? 1, in: epoch)
  }

  /// Takes one optimizer step on one batch, or on several accumulated batches.
  private func step(
    epoch: Int, batches: [(number: Int, indices: ArraySlice<Int>)]
  ) throws -> StepOutcome {
    let batches = batches.map { ($0.number, $0.indices.map { job.trainIndices[$0] }) }
    let outcome: StepOutcome
    do {
      outcome = try stepper.step(epoch: epoch, step: progress.step, batches: batches)
    } catch let failure as TrainingFailure {
      throw try explained(failure, epoch: epoch, indices: batches.flatMap(\.1))
    }
    if let average, job.swa == nil {
      try average.update(optimizer.parameters, &progress.averagedSteps)
    }
    return outcome
  }

  // MARK: After an epoch

  /// The results of an epoch's evaluation.
  private struct Values {
    /// All results for the record, with prefixes.
    var all = EvaluationScores()
    /// The results of the examples used for selection; `nil` if there are none.
    var deciding: EvaluationScores?
  }

  /// Returns `nil` if the observer interrupts.
  private func evaluate(_ observer: any TrainingObserver) throws -> Values? {
    try withAveragedWeights {
      var values = Values()
      if job.validationIndices.isEmpty { return values }
      guard let evaluated = try evaluation(of: job.validationIndices, observer) else { return nil }
      values.all = evaluated.prefixed("val_")
      switch job.selection {
      case .validation: values.deciding = evaluated
      case .inner(let indices):
        guard let inner = try evaluation(of: indices, observer) else { return nil }
        values.all.merge(inner.prefixed("inner_"))
        values.deciding = inner
      case .lastEpoch: break
      }
      return values
    }
  }

  private func evaluation(
    of indices: [Int], _ observer: any TrainingObserver
  ) throws -> EvaluationScores? {
    let result = try Evaluation.run(
      model, loss, job.examples, indices, task: job.task,
      progress: { observer.didEvaluate($0, of: indices.count) },
      isInterrupted: { observer.isInterrupted })
    guard let result else { return nil }
    var scores = result.scores(job.metrics)
    for (name, value) in result.lossParts { scores.values["loss_\(name)"] = value }
    return scores
  }

  /// Completes an epoch: updates the best epoch, early stopping and the schedule.
  private func finish(_ epoch: Int, _ values: Values) throws {
    progress.epochs = epoch
    if let swa = job.swa, epoch >= swa.startEpoch {
      try average?.update(optimizer.parameters, &progress.averagedSteps)
    }
    progress.stepInEpoch = 0
    progress.sums = EpochSums()
    progress.groupSteps = optimizer.stepCounts
    let monitor = job.monitor
    observeMonitored(values.deciding)
    let score = values.deciding?.values[monitor.name].flatMap { $0.isFinite ? $0 : nil }
    if isBest(score, monitor) {
      progress.best = TrainingProgress.Best(epoch: epoch, score: score)
      bestWeights = try withAveragedWeights { try changingState() }
    }
    if let deciding = values.deciding {
      if earlyStopping != nil { _ = earlyStopping?.observe(deciding.values[monitor.name]) }
      progress.earlyStopping = earlyStopping?.state
      if let watched = schedule?.monitor?.monitor, job.schedules(after: epoch) {
        schedule?.observe(deciding.values[watched.name])
        progress.schedule = schedule?.state
      }
    }
  }
}

@available(*, unavailable)
extension Trainer: Sendable {}
