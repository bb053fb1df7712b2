import ExperimentConfig
import Schedules
import Testing
import Training
import Weights

/// Accumulation, early stopping and what the best epoch is.
@Suite struct StepTests {
  private func job(_ settings: String, batchSize: Int) throws -> TrainingJob {
    var job = try Jobs.make(
      """
      data:
        dataset: mnist
        transforms: [to_tensor, normalize: {mean: 0.5, std: 0.5}]
        batch_size: \(batchSize)
      model: [flatten, linear: 32, relu, linear: 10]
      \(settings)
      """, FormulaImages.make(salt: 0), train: 0..<320, validation: 320..<640)
    job.seed = 3
    return job
  }

  /// Batches of 48 have a last one of 32, alone in its step.
  @Test(arguments: [(16, 4, 64), (48, 3, 144), (64, 2, 128), (320, 1, 320)])
  func accumulatedGradientsAreThoseOfTheBigBatch(size: Int, count: Int, whole: Int) throws {
    func run(_ size: Int, _ count: Int) throws -> TrainingLog {
      let log = TrainingLog()
      let settings = "optimizer: {sgd: {lr: 0.1, momentum: 0.9}}\ntrain: {epochs: 2, accumulate: "
      let job = try job(settings + "\(count)}", batchSize: size)
      _ = try Trainer(job).run(log)
      #expect(log.steps.count == job.totalSteps)
      return log
    }
    let (parts, big) = (try run(size, count), try run(whole, 1))
    #expect(parts.losses.count == big.losses.count)
    for (ours, theirs) in zip(parts.losses, big.losses) { #expect(abs(ours - theirs) < 1e-5) }
    for key in ["train_loss", "val_loss"] {
      for (ours, theirs) in zip(parts.values(key), big.values(key)) {
        #expect(abs(ours - theirs) < 1e-5)
      }
    }
    #expect(parts.values("train_accuracy") == big.values("train_accuracy"))
  }

  private func stopped(
    _ settings: String, rate: String = "0.05"
  ) throws -> (log: TrainingLog, result: Trainer.Result) {
    let log = TrainingLog()
    let job = try job(
      "optimizer: {adam: \(rate)}\ntrain: {epochs: 30, early_stopping: {\(settings)}}",
      batchSize: 32)
    return (log, try Trainer(job).run(log))
  }

  @Test func stopsOncePatienceIsOver() throws {
    let (log, result) = try stopped("patience: 2")
    let losses = log.values("val_loss")
    let best = try #require(losses.firstIndex(of: losses.min() ?? 0)) + 1
    #expect(result.epochs < 30)
    #expect(result.epochs == losses.count)
    #expect(result.bestEpoch == best)
    // The rule by itself, on the same values.
    var rule = EarlyStopping(monitor: Monitor("loss", .min), patience: 2)
    for loss in losses.dropLast() { _ = rule.observe(loss) }
    #expect(!rule.state.hasStopped)
    _ = rule.observe(losses.last ?? 0)
    #expect(rule.state.hasStopped)
  }

  @Test func aSmallGainIsNone() throws {
    let (patient, _) = try stopped("patience: 2", rate: "1e-3")
    let (log, result) = try stopped("patience: 2, min_delta: 10", rate: "1e-3")
    #expect(log.epochs.count == 3, "the first is the best, two more are waited for")
    #expect(patient.epochs.count > 3)
    // What is kept is still the lowest loss.
    let losses = log.values("val_loss")
    #expect(losses[result.bestEpoch - 1] == losses.min())
  }

  @Test func anotherValueCanBeWatched() throws {
    let (log, result) = try stopped("monitor: accuracy, patience: 3")
    let values = log.values("val_accuracy")
    #expect(values[result.bestEpoch - 1] == values.max())
    #expect(values.firstIndex(of: values.max() ?? 0) == result.bestEpoch - 1)
  }

  @Test func withoutRestoringTheLastEpochCounts() throws {
    let (log, result) = try stopped("patience: 2, restore_best: false")
    #expect(result.bestEpoch == log.epochs.count)
    #expect(result.bestWeights.map(\.bytes) == result.lastWeights.map(\.bytes))
    let (_, restored) = try stopped("patience: 2")
    #expect(restored.bestWeights.map(\.bytes) != restored.lastWeights.map(\.bytes))
    #expect(restored.lastWeights.map(\.bytes) == result.lastWeights.map(\.bytes))
  }

  @Test func withoutNeedThereIsNoneOfIt() throws {
    let plain = try Trainer(job("train: {epochs: 2}", batchSize: 32))
    let log = TrainingLog()
    log.keepsEpochs = true
    let result = try plain.run(log)
    let progress = try #require(log.snapshots.last).progress
    #expect(progress.earlyStopping == nil)
    #expect(progress.schedule == nil)
    #expect(progress.averagedSteps == 0)
    #expect(progress.groupSteps == [20])
    #expect(!log.snapshots.flatMap(\.tensors).contains { $0.name.hasPrefix("average.") })
    #expect(log.values("lr") == [1e-3, 1e-3])
    // Said or not, what changes nothing changes nothing.
    let said = try Trainer(
      job(
        "train: {epochs: 2, accumulate: 1, clip_grad_norm: 1e9}\nschedule: constant",
        batchSize: 32)
    ).run(TrainingLog())
    #expect(said.bestWeights.map(\.bytes) == result.bestWeights.map(\.bytes))
  }

  /// Put down in the middle of an epoch and taken up again, with everything that has a state.
  @Test(arguments: [1, 10, 13, 25])
  func aTrainingGoesOnAsIfNothingHadHappened(step: Int) throws {
    let settings = """
      freeze: ["0", "1"]
      unfreeze: {epoch: 2, layers: ["0", "1"], lr: 1e-3}
      optimizer: {adam: {lr: 1e-2, amsgrad: true}}
      schedule: {reduce_on_plateau: {patience: 0, threshold: 10}}
      train: {epochs: 3, ema: 0.9, early_stopping: {patience: 5}}
      """
    let whole = TrainingLog()
    let expected = try Trainer(FineTuningGolden.job(settings)).run(whole)
    let first = TrainingLog()
    first.lastStep = step
    #expect(throws: TrainingInterrupted.self) {
      try Trainer(FineTuningGolden.job(settings)).run(first)
    }
    let second = TrainingLog()
    let result = try Trainer(FineTuningGolden.job(settings), from: first.snapshots.last).run(second)
    #expect(first.losses + second.losses == whole.losses)
    #expect(first.values + second.values == whole.values)
    #expect(result.bestEpoch == expected.bestEpoch)
    #expect(result.bestWeights.map(\.bytes) == expected.bestWeights.map(\.bytes))
    #expect(result.lastWeights.map(\.bytes) == expected.lastWeights.map(\.bytes))
  }
}
