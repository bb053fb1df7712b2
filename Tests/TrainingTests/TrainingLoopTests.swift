import Datasets
import Execution
import RunRecord
import Testing
import Training
import Weights

@Suite struct TrainingLoopTests {
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
      var metrics: [[String: Double]] = []
      let result = try TrainingLoop(job()).run(
        onStep: { _ in }, onEpoch: { metrics.append($0.record.values) })
      return (try result.model.stateDict().map(\.bytes), metrics)
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
      var losses: [Double] = []
      _ = try TrainingLoop(job).run(onStep: { losses.append($0.loss) }, onEpoch: { _ in })
      return losses
    }
    #expect(try losses(1) != losses(2))
  }

  @Test func maxStepsEndsWithinAnEpoch() throws {
    var job = try job()
    job.maxSteps = 13
    var steps = 0
    var epochs = 0
    let result = try TrainingLoop(job).run(
      onStep: { step in
        steps += 1
        #expect(step.step == steps)
      }, onEpoch: { _ in epochs += 1 })
    #expect(steps == 13)
    #expect(epochs == 2)
    #expect(result.epochs == 2)
  }

  @Test func dropLastLeavesOutTheRest() throws {
    var job = try job()
    job.trainIndices = Array(0..<200)
    job.epochs = 1
    #expect(job.stepsPerEpoch == 4)
    job.dropLast = true
    #expect(job.stepsPerEpoch == 3)
    var steps = 0
    _ = try TrainingLoop(job).run(onStep: { _ in steps += 1 }, onEpoch: { _ in })
    #expect(steps == 3)
  }

  @Test func theBestEpochHasTheLowestValidationLoss() throws {
    var losses: [Double] = []
    var best: [Bool] = []
    let result = try TrainingLoop(job()).run(
      onStep: { _ in },
      onEpoch: {
        losses.append($0.record.values["val_loss"] ?? .nan)
        best.append($0.isBest)
      })
    let lowest = try #require(losses.min())
    #expect(losses[result.bestEpoch - 1] == lowest)
    #expect(best[0])
    #expect(best.indices.filter { best[$0] }.last == result.bestEpoch - 1)
  }

  @Test func aLossThatIsNoNumberEndsTheTraining() throws {
    var job = try job()
    job.initialWeights = try TrainingGolden.load("adam").job(FormulaImages.make(salt: 0))
      .initialWeights
    job.initialWeights?[0].bytes[3] = 0x7F  // the first weight's exponent: infinity or NaN
    job.initialWeights?[0].bytes[2] = 0xC0
    #expect(throws: TrainingFailure.self) {
      try TrainingLoop(job).run(onStep: { _ in }, onEpoch: { _ in })
    }
  }

  @Test func evaluationDoesNotDependOnItsBatchSize() throws {
    let job = try job()
    let result = try TrainingLoop(job).run(onStep: { _ in }, onEpoch: { _ in })
    func evaluate(_ size: Int) throws -> Evaluation {
      try Evaluation.run(
        result.model, result.loss, job.examples, job.validationIndices, classes: 10,
        batchSize: size)
    }
    let whole = try evaluate(1000)
    for size in [1, 7, 64, 360] {
      let part = try evaluate(size)
      #expect(part.predictions == whole.predictions)
      #expect(abs(part.loss - whole.loss) < 1e-6)
    }
    #expect(whole.indices == job.validationIndices)
    #expect(whole.probabilities(at: 3).reduce(0, +).distance(to: 1).magnitude < 1e-5)
  }
}
