import Diagnostics
import Execution
import ExperimentConfig
import Planning
import Testing
import Torch
import Training
import Weights

/// `train.precision`.
@Suite struct PrecisionTests {
  /// On one processor every loss has PyTorch's bits. The first one has them on every processor that was
  /// tried; later ones part by roundings of the kernels, up to 1.3e-3 between AVX2 and AVX-512 with
  /// bfloat16, and about as much with another number of threads.
  @Test(arguments: ["sequential_bfloat16", "cnn_bfloat16", "cnn_bfloat16_accumulated"])
  func bfloat16IsPyTorchsAutocast(run: String) throws {
    let golden = try TrainingGolden.load(run)
    let threads = Runtime.threadCount
    try Runtime.setThreadCount(1)
    defer { try? Runtime.setThreadCount(threads) }
    let log = TrainingLog()
    let job = try golden.job(FormulaImages.make(salt: #require(golden.salt)))
    let trainer = try Trainer(job)
    #expect(!trainer.isCompiled)
    _ = try trainer.run(log)
    #expect(log.losses.count == golden.steps)
    let differences = zip(log.losses, golden.losses).map { abs($0 - $1) / abs($1) }
    #expect(try #require(differences.first) <= 1e-6)
    #expect(try #require(differences.max()) <= 3e-3)
    let exact = try #require(golden.losses_float32)
    #expect(abs(exact[0] - golden.losses[0]) / exact[0] > 5e-6, "or else the test shows nothing")
  }

  private static let settings = """
    freeze: ["0"]
    unfreeze: {epoch: 2, layers: ["0"]}
    optimizer: {adam: {lr: 1e-2}}
    train: {epochs: 3, ema: 0.9, accumulate: 2, precision: bfloat16}
    """

  private func job(_ precision: Precision = .bfloat16) throws -> TrainingJob {
    var job = try FineTuningGolden.job(Self.settings)
    job.precision = precision
    return job
  }

  @Test(arguments: [1, 5, 7, 13])
  func goingOnFromACheckpointChangesNoByte(step: Int) throws {
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

  @Test func evaluationHasThePrecisionOfTheTraining() throws {
    let log = TrainingLog()
    let job = try job()
    let result = try Trainer(job).run(log)
    func loss() throws -> Double {
      try Evaluation.run(
        result.model, result.loss, job.examples, job.validationIndices, task: job.task
      ).loss
    }
    let best = log.values("val_loss")[result.bestEpoch - 1]
    #expect(try loss() == best)
    result.model.autocast = nil
    #expect(try loss() != best)
    let exact = TrainingLog()
    _ = try Trainer(self.job(.float32)).run(exact)
    #expect(exact.losses != log.losses)
  }

  @Test func whatADeviceCannotDoIsAnError() throws {
    let text = """
      data: {dataset: mnist}
      model: [flatten, linear: 10]
      train: {precision: tf32}
      """
    let experiment = try Jobs.plan(text).experiment
    try experiment.checkPrecision(on: "cuda:1")
    let error = try #require(throws: InputError.self) { try experiment.checkPrecision(on: "cpu") }
    let diagnostic = try #require(error.diagnostics.first)
    #expect(diagnostic.message == "tf32 needs a CUDA device; this run is on the CPU")
    #expect(diagnostic.range?.start.line == 3)
    #expect(diagnostic.range?.start.column == 20)
    for device in ["cpu", "cuda", "cuda:0"] {
      #expect(Precision.bfloat16.problem(on: device) == nil)
    }
    #expect(Precision.bfloat16.problem(on: "mps") != nil)
    #expect(Precision.float32.problem(on: "mps") == nil)
    #expect(Precision.tf32.allowsTF32(on: .cuda(0)))
    #expect(!Precision.tf32.allowsTF32(on: .cpu))
    #expect(!Precision.bfloat16.allowsTF32(on: .cuda(0)))
  }
}
