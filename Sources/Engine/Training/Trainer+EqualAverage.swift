import Execution
import ExperimentConfig
import Graph
import Schedules
import Splits
import Torch

extension Trainer {
  /// At the end of training with stochastic weight averaging, puts the average into the model and computes its
  /// batch-norm statistics from the training examples: from the batches that the next epoch would have had,
  /// unmixed.
  ///
  /// - Throws: ``TrainingInterrupted`` if the observer interrupts; the result is then computed again from the
  ///   last checkpoint.
  func useEqualAverage(_ observer: any TrainingObserver) throws {
    guard job.swa != nil, let average, progress.averagedSteps > 0 else { return }
    let epoch = progress.epochs + 1
    try average.swap(with: optimizer.parameters)
    model.storedStatistics = job.trainability.storedStatistics(in: job.graph, epoch: epoch)
    model.fixedModules = job.trainability.fixedModules(in: job.graph, epoch: epoch)
    guard model.hasChangingStatistics else { return }
    let order = job.order(epoch: epoch)
    let batches = try EpochOrder.batches(
      count: order.count, size: job.batchSize, dropLast: job.dropLast
    ).map { batch in order[batch].map { job.trainIndices[$0] } }
    let augmentation = job.augmentation(epoch: epoch)
    job.examples.expect(batches, augmenting: augmentation)
    try model.recomputingStatistics {
      for (number, indices) in batches.enumerated() {
        if observer.isInterrupted { throw TrainingInterrupted() }
        let (inputs, _) = try job.examples.batch(
          indices, augmenting: augmentation, format: model.format)
        _ = try model(
          inputs, training: job.place(epoch: epoch, batch: number), behind: job.examples.prefix)
      }
    }
  }
}

extension TrainingJob {
  /// How the weights are averaged; `nil` if they are not.
  var averageRule: WeightAverage.Rule? {
    if swa != nil { return .equal }
    return averageDecay.map { .exponential(decay: $0) }
  }

  /// Where an epoch's examples are in `trainIndices`, in their order.
  func order(epoch: Int) -> [Int] {
    sampler?.order(seed: seed, fold: fold, epoch: epoch)
      ?? EpochOrder.order(
        count: trainIndices.count, seed: seed, fold: fold, epoch: epoch, shuffle: shuffle)
  }

  /// Whether the schedule still applies after an epoch: it ends where the average's own learning rate begins.
  func schedules(after epoch: Int) -> Bool {
    guard let swa, swa.learningRate != nil else { return true }
    return epoch < swa.startEpoch
  }

  /// The position for which the schedule is asked: the last one before the average's own learning rate.
  func scheduledPosition(_ position: SchedulePosition) -> SchedulePosition {
    guard let swa, !schedules(after: position.epoch - 1) else { return position }
    return SchedulePosition(step: swa.startEpoch * stepsPerEpoch, epoch: swa.startEpoch)
  }

  /// The learning-rate factor of an epoch, between the schedule's and the average's own learning rate.
  func averagingFactor(_ scheduled: Double, in epoch: Int) -> Double {
    guard let swa, let rate = swa.learningRate, epoch > swa.startEpoch else { return scheduled }
    let share = swa.annealed(in: epoch)
    return rate / optimizer.learningRate * share + scheduled * (1 - share)
  }
}
