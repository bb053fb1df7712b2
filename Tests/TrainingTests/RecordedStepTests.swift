import ExperimentConfig
import Testing
import Training
import Weights
import WorkerProtocol

/// Steps that a device repeats from a recording, on the CPU: there the same operations are called again on the same
/// memory, without being told which step it is. So every difference between steps has to be in that memory.
@Suite struct RecordedStepTests {
  private func job(
    _ settings: String, dropout: Bool = true, recorded: Bool = true
  ) throws -> TrainingJob {
    var job = try Jobs.make(
      """
      seed: 5
      data:
        dataset: mnist
        transforms: [to_tensor, normalize: {mean: 0.5, std: 0.5}]
        batch_size: 32
      model:
        - conv2d: {out_channels: 4, kernel_size: 3, stride: 2}
        - batch_norm2d
        - relu
        - dropout2d: 0.2
        - flatten
        - linear: 16
        - relu
        - dropout: \(dropout ? 0.5 : 0)
        - linear: 10
      \(settings)
      """, FormulaImages.make(salt: 0), train: 0..<300, validation: 320..<384)
    job.readsLate = true
    job.usesCompiledSteps = false
    job.recordsSteps = recorded
    return job
  }

  /// Weights, losses and scores, in all bits; the last batch of an epoch is smaller than the others.
  @Test(arguments: [
    "optimizer: {adam: 1e-2}\ntrain: {epochs: 3, ema: 0.9, clip_grad_norm: 1}",
    "optimizer: {sgd: {lr: 0.05, momentum: 0.9}}\nschedule: {cosine: {}}\ntrain: {epochs: 2, clip_grad_value: 0.1}",
    """
    freeze: ["0", "1"]
    unfreeze: {epoch: 2, layers: ["0"]}
    optimizer: {adamw: 1e-2}
    train: {epochs: 3}
    """,
    "loss: {cross_entropy: {label_smoothing: 0.1}}\noptimizer: {adam: 1e-2}\ntrain: {epochs: 2, precision: bfloat16}",
  ])
  func recordedStepsGiveTheSameBytes(_ settings: String) throws {
    let (plain, replayed) = (TrainingLog(), TrainingLog())
    let expected = try Trainer(job(settings, recorded: false)).run(plain)
    let trainer = try Trainer(job(settings))
    #expect(trainer.isRecorded)
    let result = try trainer.run(replayed)
    #expect(replayed.losses == plain.losses)
    #expect(replayed.losses.count >= 20)
    #expect(replayed.values == plain.values)
    #expect(result.lastWeights.map(\.bytes) == expected.lastWeights.map(\.bytes))
    #expect(result.bestWeights.map(\.bytes) == expected.bestWeights.map(\.bytes))
  }

  /// Masks that did not change would be seen.
  @Test func everyStepHasItsOwnMasks() throws {
    let (masked, unmasked) = (TrainingLog(), TrainingLog())
    _ = try Trainer(job("train: {epochs: 1}")).run(masked)
    _ = try Trainer(job("train: {epochs: 1}", dropout: false)).run(unmasked)
    #expect(masked.losses != unmasked.losses)
  }

  @Test func aResumedTrainingRecordsAgain() throws {
    let settings = "optimizer: {adam: 1e-2}\ntrain: {epochs: 3}"
    let whole = TrainingLog()
    let expected = try Trainer(job(settings)).run(whole)
    let first = TrainingLog()
    #expect(throws: TrainingInterrupted.self) {
      _ = try Trainer(job(settings)).run(first, until: 1)
    }
    let snapshot = try #require(first.snapshots.last)
    let result = try Trainer(job(settings), from: snapshot).run(TrainingLog())
    #expect(result.lastWeights.map(\.bytes) == expected.lastWeights.map(\.bytes))
  }

  /// Where more than tensors changes from step to step, nothing is recorded.
  @Test(arguments: [
    "train: {accumulate: 2}", "train: {mixup: 0.2}",
    "loss: {cross_entropy: {weight: balanced}}",
  ])
  func otherStepsAreNotRecorded(_ settings: String) throws {
    #expect(try !Trainer(job(settings)).isRecorded)
    #expect(try Trainer(job("train: {epochs: 1}")).isRecorded)
  }
}
