import Datasets
import Execution
import Metrics
import RunRecord
import Torch
import Weights

/// The training loop. It computes and emits events; whoever wants a file or a progress bar listens.
package struct TrainingLoop {
  /// The state after an epoch, given to the listener while it may be read.
  package struct EpochEnd {
    package let record: EpochRecord
    package let timing: EpochTiming
    /// Whether the validation loss is the lowest so far.
    package let isBest: Bool
    package let weights: [SafeTensors.Entry]
  }

  package struct Result {
    package let epochs: Int
    package let bestEpoch: Int
    package let bestWeights: [SafeTensors.Entry]
    package let model: Model
    package let loss: LossFunction
  }

  private let job: TrainingJob
  private let clock = ContinuousClock()

  package init(_ job: TrainingJob) { self.job = job }

  /// Trains to the end.
  ///
  /// - Parameters:
  ///   - onStep: after every step.
  ///   - onEpoch: after every epoch and its evaluation.
  /// - Throws: ``TrainingFailure`` where the loss is no number any more.
  package func run(
    onStep: (StepRecord) throws -> Void, onEpoch: (EpochEnd) throws -> Void
  ) throws -> Result {
    let model = try Model(job.graph, seed: job.seed, fold: job.fold, device: job.device)
    if let weights = job.initialWeights { try model.load(weights) }
    let optimizer = try Optimizer(job.optimizer, parameters: model.trainable)
    let metrics = try MetricSet(job.metrics)
    let loss = try LossFunction(job.loss, classes: job.classes, device: job.device)

    var best: (epoch: Int, loss: Double, weights: [SafeTensors.Entry])?
    var step = 0
    var epoch = 0
    while epoch < job.epochs, step < job.totalSteps {
      epoch += 1
      let start = clock.now
      let learningRate = optimizer.learningRate
      let trained = try train(
        epoch: epoch, step: &step, model, optimizer, loss, since: start, onStep: onStep)
      let trainTime = start.duration(to: clock.now)
      let evaluated = try Evaluation.run(
        model, loss, job.examples, job.validationIndices, classes: job.classes)
      let evaluationTime = start.duration(to: clock.now) - trainTime

      var values = [
        "train_loss": trained.loss, "train_accuracy": trained.accuracy, "lr": learningRate,
      ]
      for (key, value) in evaluated.values(metrics) { values["val_\(key)"] = value }
      values["val_accuracy"] = evaluated.accuracy
      let isBest = evaluated.loss < best?.loss ?? .infinity
      let weights = try model.stateDict()
      if isBest || best == nil { best = (epoch, evaluated.loss, weights) }
      try onEpoch(
        EpochEnd(
          record: EpochRecord(fold: job.fold, epoch: epoch, values: values),
          timing: EpochTiming(
            fold: job.fold, epoch: epoch, trainSeconds: trainTime.seconds,
            evaluationSeconds: evaluationTime.seconds,
            examplesPerSecond: Double(trained.examples) / max(trainTime.seconds, 1e-9)),
          isBest: isBest, weights: weights))
    }
    let weights = try best?.weights ?? model.stateDict()
    return Result(
      epochs: epoch, bestEpoch: best?.epoch ?? 0, bestWeights: weights, model: model, loss: loss)
  }

  private struct TrainedEpoch {
    var loss: Double
    var accuracy: Double
    var examples: Int
  }

  private func train(
    epoch: Int, step: inout Int, _ model: Model, _ optimizer: Optimizer, _ loss: LossFunction,
    since start: ContinuousClock.Instant, onStep: (StepRecord) throws -> Void
  ) throws -> TrainedEpoch {
    let order = EpochOrder.order(
      count: job.trainIndices.count, seed: job.seed, fold: job.fold, epoch: epoch,
      shuffle: job.shuffle)
    let batches = try EpochOrder.batches(
      count: order.count, size: job.batchSize, dropLast: job.dropLast)
    var lossSum = 0.0
    var correct = 0
    var seen = 0
    for (position, batch) in batches.enumerated() where step < job.totalSteps {
      step += 1
      let indices = order[batch].map { job.trainIndices[$0] }
      let (images, labels) = try job.examples.batch(indices)
      let scores = try model(
        images,
        training: TrainingStep(seed: job.seed, fold: job.fold, epoch: epoch, step: step))
      let value = try loss(scores, labels)
      try optimizer.zeroGrad()
      try value.backward()
      try optimizer.step()

      let batchLoss = try value.item()
      guard batchLoss.isFinite else {
        throw TrainingFailure(
          description:
            "the loss is \(batchLoss.isNaN ? "nan" : "\(batchLoss)") in epoch \(epoch), step \(step): training has "
            + "diverged; a smaller learning rate usually helps")
      }
      let predictions = Evaluation.predictions(try scores.detach().floats(), classes: job.classes)
      for (index, prediction) in zip(indices, predictions)
      where Int(job.examples.labels[index]) == prediction {
        correct += 1
      }
      seen += indices.count
      lossSum += batchLoss * Double(indices.count)
      let elapsed = start.duration(to: clock.now).seconds
      try onStep(
        StepRecord(
          epoch: epoch, step: step, stepInEpoch: position + 1, loss: batchLoss,
          meanLoss: lossSum / Double(seen), examplesPerSecond: Double(seen) / max(elapsed, 1e-9)))
    }
    return TrainedEpoch(
      loss: lossSum / Double(max(seen, 1)), accuracy: Double(correct) / Double(max(seen, 1)),
      examples: seen)
  }
}

@available(*, unavailable)
extension TrainingLoop: Sendable {}

extension Duration {
  /// Seconds with a fraction.
  package var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
