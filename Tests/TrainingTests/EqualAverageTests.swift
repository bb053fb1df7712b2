import Execution
import ExperimentConfig
import RunRecord
import Testing
import Weights

@testable import Training

/// Stochastic weight averaging, against `torch.optim.swa_utils`.
@Suite struct EqualAverageTests {
  private static let schedule = "schedule: {step: {step_size: 2, gamma: 0.5}}"

  @Test(arguments: [
    ("swa", 6, 32, "start_epoch: 3, lr: 0.005, anneal_epochs: 2", ""),
    (
      "swa_linear", 5, 33, "start_epoch: 2, lr: 0.04, anneal_epochs: 4, anneal_strategy: linear",
      schedule
    ),
    ("swa_at_once", 5, 32, "start_epoch: 3, lr: 0.01, anneal_epochs: 0", ""),
    ("swa_schedule", 5, 32, "start_epoch: 3", schedule),
  ])
  func agreesWithPyTorch(
    run: String, epochs: Int, size: Int, settings: String, schedule: String
  ) throws {
    let golden = try RecipeGolden.load(run)
    let job = try RecipeGolden.job(
      "\(schedule)\ntrain: {epochs: \(epochs), swa: {\(settings)}}", batchSize: size)
    let log = TrainingLog()
    let result = try Trainer(job).run(log)
    #expect(log.losses.count == golden.losses.count && golden.losses.count >= 50)
    for (step, (ours, theirs)) in zip(log.losses, golden.losses).prefix(50).enumerated() {
      #expect(abs(ours - theirs) <= 1e-5, "step \(step + 1): \(ours), PyTorch has \(theirs)")
    }
    for (ours, theirs) in zip(log.values("lr"), golden.rates) {
      #expect(abs(ours - theirs) < 1e-12)
    }
    // The average, with the batch-norm statistics of `update_bn`.
    try RecipeGolden.compare(result.bestWeights, golden.final)
    try RecipeGolden.compare(result.lastWeights, try #require(golden.last))
    let evaluation = try Evaluation.run(
      result.model, result.loss, job.examples, job.validationIndices, task: job.task)
    #expect(abs(evaluation.loss - golden.validation) < 1e-4 * golden.validation)
    // No single epoch's weights are kept.
    #expect(result.bestEpoch == 0)
    #expect(result.end.averagedFrom == job.swa?.startEpoch)
  }

  @Test func isTheMeanOfTheEpochsWeights() throws {
    let job = try RecipeGolden.job("train: {epochs: 4, swa: {start_epoch: 2}}")
    let log = TrainingLog()
    log.keepsEpochs = true
    let result = try Trainer(job).run(log)
    let averaged = try #require(result.bestWeights.first { $0.name == "9.weight" }).floats
    let epochs = log.snapshots.suffix(3).compactMap { snapshot in
      snapshot.tensors.first { $0.name == "model.9.weight" }?.floats
    }
    #expect(epochs.count == 3)
    for (index, value) in averaged.enumerated() {
      let mean = epochs.map { $0[index] }.reduce(0, +) / 3
      #expect(abs(value - mean) < 1e-5)
    }
  }

  /// Interrupted before, within and after the averaged epochs, and resumed.
  @Test(arguments: [3, 11, 13, 22, 33, 40])
  func resumesToTheByte(step: Int) throws {
    func job() throws -> TrainingJob {
      var job = try RecipeGolden.job(
        """
        schedule: {reduce_on_plateau: {patience: 0, threshold: 10}}
        train: {epochs: 4, swa: {start_epoch: 2, lr: 0.02, anneal_epochs: 2}}
        """)
      job.shuffle = true
      return job
    }
    let whole = TrainingLog()
    let expected = try Trainer(job()).run(whole)
    let first = TrainingLog()
    first.lastStep = step
    #expect(throws: TrainingInterrupted.self) { try Trainer(job()).run(first) }
    let second = TrainingLog()
    let result = try Trainer(job(), from: first.snapshots.last).run(second)
    #expect(first.losses + second.losses == whole.losses)
    #expect(first.values + second.values == whole.values)
    #expect(result.bestWeights.map(\.bytes) == expected.bestWeights.map(\.bytes))
    #expect(result.lastWeights.map(\.bytes) == expected.lastWeights.map(\.bytes))
  }

  /// Epochs are evaluated with their own weights, since the average has no statistics yet.
  @Test func epochsAreEvaluatedWithTheirOwnWeights() throws {
    let plain = TrainingLog()
    _ = try Trainer(RecipeGolden.job("train: {epochs: 3}")).run(plain)
    let averaged = TrainingLog()
    _ = try Trainer(RecipeGolden.job("train: {epochs: 3, swa: {start_epoch: 1}}")).run(averaged)
    #expect(plain.values == averaged.values)
    #expect(plain.losses == averaged.losses)
  }

  @Test func frozenStatisticsStayAsTheyAre() throws {
    let job = try RecipeGolden.job(
      "freeze: [\"0\", \"1\"]\ntrain: {epochs: 2, swa: {start_epoch: 1}}")
    let result = try Trainer(job).run(TrainingLog())
    func bytes(_ entries: [SafeTensors.Entry], _ name: String) -> [UInt8]? {
      entries.first { $0.name == name }?.bytes
    }
    for name in ["1.running_mean", "1.running_var", "0.weight"] {
      #expect(bytes(result.bestWeights, name) == bytes(job.initialWeights ?? [], name))
    }
    #expect(
      bytes(result.bestWeights, "5.running_mean") != bytes(result.lastWeights, "5.running_mean"))
  }

  @Test func worksWithCompiledSteps() throws {
    func result(compiled: Bool) throws -> (Trainer, Trainer.Result) {
      var job = try Jobs.make(
        """
        data: {dataset: mnist, transforms: [to_tensor], batch_size: 32}
        model: [flatten, linear: 16, relu, linear: 10]
        optimizer: {sgd: 0.1}
        train: {epochs: 3, swa: {start_epoch: 2, lr: 0.05, anneal_epochs: 1}}
        """, FormulaImages.make(salt: 0), train: 0..<320, validation: 320..<384)
      job.usesCompiledSteps = compiled
      let trainer = try Trainer(job)
      return (trainer, try trainer.run(TrainingLog()))
    }
    let (fast, ours) = try result(compiled: true)
    let (slow, theirs) = try result(compiled: false)
    #expect(fast.isCompiled && !slow.isCompiled)
    for (left, right) in zip(ours.bestWeights, theirs.bestWeights) {
      for (a, b) in zip(left.floats, right.floats) { #expect(abs(a - b) < 1e-5) }
    }
  }
}
