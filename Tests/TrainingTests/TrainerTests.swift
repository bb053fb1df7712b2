import Datasets
import Execution
import ExperimentConfig
import Planning
import RunRecord
import Tasks
import Testing
import Training
import Weights
import WorkerProtocol

@Suite struct TrainerTests {
  private func job() throws -> TrainingJob {
    var job = try TrainingGolden.load("adam").job(FormulaImages.make(salt: 0))
    job.trainIndices = Array(0..<640)
    job.validationIndices = Array(640..<1000)
    job.epochs = 3
    job.maxSteps = nil
    job.shuffle = true
    job.initialWeights = nil
    return job
  }

  @Test func equalJobsGiveEqualWeightsAndMetrics() throws {
    func run() throws -> (weights: [[UInt8]], metrics: [[String: Double]]) {
      let log = TrainingLog()
      let result = try Trainer(job()).run(log)
      return (try result.model.stateDict().map(\.bytes), log.values)
    }
    let (first, second) = (try run(), try run())
    #expect(first.weights == second.weights)
    #expect(first.metrics == second.metrics)
    #expect(first.metrics.count == 3)
    #expect(
      Set(first.metrics[0].keys)
        == ["train_loss", "train_accuracy", "val_loss", "val_accuracy", "lr"])
  }

  @Test func theSeedDecidesTheOrder() throws {
    func losses(_ seed: UInt64) throws -> [Double] {
      var job = try job()
      job.seed = seed
      job.initialWeights = try TrainingGolden.load("adam").job(FormulaImages.make(salt: 0))
        .initialWeights
      let log = TrainingLog()
      _ = try Trainer(job).run(log)
      return log.losses
    }
    #expect(try losses(1) != losses(2))
  }

  @Test func maxStepsEndsWithinAnEpoch() throws {
    var job = try job()
    job.maxSteps = 13
    let log = TrainingLog()
    let result = try Trainer(job).run(log)
    #expect(log.steps.map(\.step) == Array(1...13))
    #expect(log.epochs.count == 2)
    #expect(result.epochs == 2)
  }

  @Test func dropLastLeavesOutTheRest() throws {
    var job = try job()
    job.trainIndices = Array(0..<200)
    job.epochs = 1
    #expect(job.stepsPerEpoch == 4)
    job.dropLast = true
    #expect(job.stepsPerEpoch == 3)
    let log = TrainingLog()
    _ = try Trainer(job).run(log)
    #expect(log.steps.count == 3)
  }

  @Test func theBestEpochHasTheLowestValidationLoss() throws {
    var job = try job()
    job.optimizer = try Jobs.plan(
      "{data: {dataset: mnist}, model: [flatten, linear: 10], optimizer: {adam: 0.03}}"
    ).experiment.optimizer
    let log = TrainingLog()
    let result = try Trainer(job).run(log)
    let losses = log.values("val_loss")
    #expect(try losses[result.bestEpoch - 1] == #require(losses.min()))
    #expect(result.bestEpoch < 3, "or else the test shows nothing")
    let again = try Evaluation.run(
      result.model, result.loss, job.examples, job.validationIndices, task: job.task)
    #expect(again.loss == losses[result.bestEpoch - 1])
    #expect(result.bestWeights.map(\.bytes) != result.lastWeights.map(\.bytes))
  }

  @Test func aLossThatIsNoNumberEndsTheTraining() throws {
    var job = try job()
    job.initialWeights = try TrainingGolden.load("adam").job(FormulaImages.make(salt: 0))
      .initialWeights
    job.initialWeights?[0].bytes[3] = 0x7F  // the first weight's exponent: infinity or NaN
    job.initialWeights?[0].bytes[2] = 0xC0
    #expect(throws: TrainingFailure.self) {
      try Trainer(job).run(TrainingLog())
    }
  }

  @Test func evaluationDoesNotDependOnItsBatchSize() throws {
    let job = try job()
    let result = try Trainer(job).run(TrainingLog())
    func evaluate(_ size: Int) throws -> Evaluation? {
      try Evaluation.run(
        result.model, result.loss, job.examples, job.validationIndices, task: job.task,
        batchSize: size, isInterrupted: { false })
    }
    let whole = try #require(try evaluate(1000))
    for size in [1, 7, 64, 360] {
      let part = try #require(try evaluate(size))
      #expect(part.predictions.answers == whole.predictions.answers)
      #expect(abs(part.loss - whole.loss) < 1e-6)
    }
    #expect(whole.predictions.indices == job.validationIndices)
    #expect(whole.predictions.probabilities(at: 3).reduce(0, +).distance(to: 1).magnitude < 1e-5)
  }
}
