import DataSchema
import Execution
import ExperimentConfig
import Graph
import Planning
import Tasks
import Testing
import Torch
import Weights

@testable import Training

/// Mixup and cutmix, against torchvision's on the same draws.
@Suite struct MixingTests {
  @Test(arguments: [
    ("mixup", "mixup: 0.2", 32, "cross_entropy"), ("mixup_odd", "mixup: 1", 33, "cross_entropy"),
    ("mixup_bce", "mixup: 0.4", 32, "bce_with_logits"),
    ("cutmix", "cutmix: 1.0", 32, "cross_entropy"),
    ("cutmix_odd", "cutmix: 0.3", 33, "cross_entropy"),
    ("mixup_cutmix", "mixup: 0.2, cutmix: 1", 32, "cross_entropy"),
  ])
  func theFirstFiftyLossesAreTorchvisions(
    run: String, settings: String, size: Int, loss: String
  ) throws {
    let golden = try RecipeGolden.load(run)
    let job = try RecipeGolden.job(
      "loss: \(loss)\ntrain: {epochs: 5, \(settings)}", batchSize: size)
    let log = TrainingLog()
    let result = try Trainer(job).run(log)
    #expect(log.losses.count == golden.losses.count && golden.losses.count >= 50)
    for (step, (ours, theirs)) in zip(log.losses, golden.losses).prefix(50).enumerated() {
      #expect(abs(ours - theirs) <= 1e-5, "step \(step + 1): \(ours), PyTorch has \(theirs)")
    }
    try RecipeGolden.compare(result.lastWeights, golden.final)
    // What counts as correct is the class with the larger share.
    let draws = try #require(golden.draws)
    let perEpoch = draws.count / 5
    for (epoch, accuracy) in log.values("train_accuracy").enumerated() {
      let correct = draws[epoch * perEpoch..<(epoch + 1) * perEpoch].reduce(0) { $0 + $1.correct }
      #expect(abs(accuracy * Double(RecipeGolden.trainCount) - Double(correct)) < 1.5)
    }
  }

  @Test(arguments: ["mixup: 0.2", "cutmix: 1", "mixup: 0.2, cutmix: 1"])
  func readingLossesLateChangesNothing(settings: String) throws {
    var job = try RecipeGolden.job("train: {epochs: 1, \(settings)}")
    let early = TrainingLog()
    _ = try Trainer(job).run(early)
    job.readsLate = true
    let late = TrainingLog()
    _ = try Trainer(job).run(late)
    #expect(early.losses == late.losses)
    #expect(early.values("train_accuracy") == late.values("train_accuracy"))
  }

  /// Interrupted within an epoch and resumed.
  @Test(arguments: [1, 11, 13])
  func resumesToTheByte(step: Int) throws {
    func job() throws -> TrainingJob {
      var job = try RecipeGolden.job("train: {epochs: 2, mixup: 0.2, cutmix: 1}")
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
    #expect(result.lastWeights.map(\.bytes) == expected.lastWeights.map(\.bytes))
  }

  private func settings(_ text: String) throws -> MixingSettings {
    let plan = try Jobs.plan(
      "{data: {dataset: mnist}, model: [flatten, linear: 10], train: {\(text)}}")
    return try #require(plan.experiment.mixing)
  }

  private func place(_ step: Int) -> TrainingStep {
    TrainingStep(seed: 5, fold: 0, epoch: 1, step: step)
  }

  @Test func theAverageOfTwoLossesIsTheLossOfTheAverageTarget() throws {
    let settings = try settings("mixup: 0.4")
    let inputs = try Tensor((0..<12).map { Float($0) }, shape: [3, 4])
    let scores = try Tensor([0.5, -1, 2, 0.25, 1, -0.5] as [Float], shape: [3, 2])
    let labels: [Float] = [1, 0, 1, 1, 0, 0]
    for step in 1...20 {
      let mix = try BatchMixture(settings, of: inputs, at: place(step))
      let share = Float(mix.share)
      let rolled = [labels[4], labels[5]] + labels.prefix(4)
      let soft = zip(labels, rolled).map { share * $0 + (1 - share) * $1 }
      let loss = try LossFunction(
        Objective(.binaryCrossEntropy(.outputs, .targets, positiveWeights: []), link: .sigmoid),
        width: 2,
        device: .cpu)
      let whole = LossStep(loss.objective, [[0, 1, 2]], of: Targets(labels, width: 2))
      let ours = try mix.part(loss, scores, Tensor(labels, shape: [3, 2]), of: whole).mean.item()
      let theirs = try loss(scores, Tensor(soft, shape: [3, 2])).item()
      #expect(abs(ours - theirs) < 1e-6)
      // The mixed inputs: every row with the one before it.
      let values = try mix.inputs.floats()
      for row in 0..<3 {
        let other = (row + 2) % 3
        for column in 0..<4 {
          let expected = share * Float(row * 4 + column) + (1 - share) * Float(other * 4 + column)
          #expect(abs(values[row * 4 + column] - expected) < 1e-5)
        }
      }
    }
  }

  @Test func aBoxIsCutFromTheImageBefore() throws {
    let settings = try settings("cutmix: 1")
    let images = try Tensor(
      (0..<5).flatMap { Array(repeating: Float($0), count: 2 * 12 * 16) }, shape: [5, 2, 12, 16])
    var shares: Set<Double> = []
    for step in 1...50 {
      let mix = try BatchMixture(settings, of: images, at: place(step))
      let values = try mix.inputs.floats()
      for image in 0..<5 {
        let part = values[image * 384..<(image + 1) * 384]
        let own = part.count { $0 == Float(image) }
        #expect(part.allSatisfy { $0 == Float(image) || $0 == Float((image + 4) % 5) })
        // The share is that of the true area, after what lies outside of the image is cut off.
        #expect(abs(Double(own) / 384 - mix.share) < 1e-12)
      }
      shares.insert(mix.share)
    }
    #expect(shares.count > 20)
    #expect(shares.min() ?? 1 < 0.4)
    // The batch itself is left as it was.
    let first = try images.floats().prefix(384)
    #expect(first.allSatisfy { $0 == 0 })
  }

  @Test(arguments: ["mixup: 0.2", "cutmix: 1"])
  func aBatchOfOneExampleStaysAsItIs(text: String) throws {
    let settings = try settings(text)
    let values = (0..<48).map { Float($0) / 48 }
    for step in 1...10 {
      let mix = try BatchMixture(
        settings, of: Tensor(values, shape: [1, 3, 4, 4]), at: place(step))
      for (ours, theirs) in zip(try mix.inputs.floats(), values) {
        #expect(abs(ours - theirs) < 1e-6)
      }
      #expect(mix.prevailing([4]) == [4])
    }
  }

  @Test func thePrevailingTargetHasTheLargerShare() throws {
    let settings = try settings("mixup: 1")
    var sides: Set<Bool> = []
    for step in 1...20 {
      let inputs = try Tensor([1, 2, 3] as [Float], shape: [3, 1])
      let mix = try BatchMixture(settings, of: inputs, at: place(step))
      sides.insert(mix.share < 0.5)
      let expected = mix.share < 0.5 ? [9, 7, 8] : [7, 8, 9]
      #expect(mix.prevailing([7, 8, 9]) == expected)
      let targets = try mix.prevailing(Tensor([7, 8, 9] as [Int64]))
      #expect(try targets.integers() == expected)
    }
    #expect(sides.count == 2)
  }

  @Test func frozenLayersAreComputedForEveryMixedBatch() throws {
    let text = """
      data: {dataset: mnist, transforms: [to_tensor]}
      model: [flatten, linear: 32, relu, linear: 10]
      freeze: backbone
      """
    #expect(try Jobs.plan(text).frozenPrefix != nil)
    let mixed = try Jobs.plan(text + "\ntrain: {mixup: 0.2}")
    #expect(mixed.frozenPrefix == nil)
    #expect(
      mixed.prefixBoundary.reason == "'mixup' mixes the model's inputs while training")
  }

  @Test func withoutItNothingIsMixed() throws {
    let plan = try Jobs.plan("{data: {dataset: mnist}, model: [flatten, linear: 10]}")
    #expect(plan.experiment.mixing == nil)
  }
}
