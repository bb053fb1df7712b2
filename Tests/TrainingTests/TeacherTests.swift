import Execution
import ExperimentConfig
import FoundationEssentials
import Testing
import Torch
import Weights

@testable import Training

/// Distillation, against the same formula in PyTorch.
@Suite struct TeacherTests {
  /// A training with the network of the goldens after 60 steps as its teacher.
  private func job(_ teacher: String, _ settings: String, batchSize: Int) throws -> TrainingJob {
    var job = try RecipeGolden.job(settings, batchSize: batchSize)
    let path = TrainingGolden.folder.appending(path: "cnn_final.safetensors").path
    job.teacher = try Teacher(
      job.graph, SafeTensors.File(reading: path).entries(), Self.settings(teacher), device: .cpu)
    return job
  }

  /// Settings as an experiment writes them; the run is never looked for.
  private static func settings(_ text: String) throws -> TeacherSettings {
    let loaded = try Jobs.loaded(
      """
      data: {dataset: mnist}
      model: [flatten, linear: 10]
      teacher: {run: latest, \(text)}
      """)
    return try #require(loaded.experiment.teacher)
  }

  @Test(arguments: [
    ("teacher", "temperature: 4, alpha: 0.9", "train: {epochs: 5}", 32),
    ("teacher_mixup", "temperature: 2, alpha: 0.5", "train: {epochs: 5, mixup: 0.2}", 33),
  ])
  func theFirstFiftyLossesArePyTorchs(
    run: String, teacher: String, settings: String, size: Int
  ) throws {
    let golden = try RecipeGolden.load(run)
    let log = TrainingLog()
    let result = try Trainer(job(teacher, settings, batchSize: size)).run(log)
    #expect(log.losses.count == golden.losses.count && golden.losses.count >= 50)
    for (step, (ours, theirs)) in zip(log.losses, golden.losses).prefix(50).enumerated() {
      #expect(abs(ours - theirs) <= 1e-5, "step \(step + 1): \(ours), PyTorch has \(theirs)")
    }
    try RecipeGolden.compare(result.lastWeights, golden.final)
  }

  @Test func temperatureAndAlphaHaveDefaults() throws {
    let settings = try Self.settings("")
    #expect(settings.temperature == 4 && settings.alpha == 0.9)
  }

  @Test func aModelThatIsItsTeacherHasOnlyTheLossLeft() throws {
    let settings = try Self.settings("alpha: 0.25")
    let job = try RecipeGolden.job("")
    let model = try job.makeModel()
    let teacher = try Teacher(job.graph, model.stateDict(), settings, device: .cpu)
    let (inputs, targets) = try job.examples.batch(0..<8, format: model.format)
    let loss = try LossFunction(job.objective, width: 10, device: .cpu)
    let outputs = try model(inputs)
    let plain = try loss(outputs, targets)
    let step = LossStep(job.objective, [Array(0..<8)], of: job.examples.targets)
    let blended = try teacher.part((plain, plain), outputs, inputs, of: step).part.item()
    let expected = try 0.75 * plain.item()
    #expect(abs(blended - expected) < 1e-5)
  }

  @Test func theTeacherNeverChanges() throws {
    let job = try job("alpha: 0.9", "train: {epochs: 1}", batchSize: 32)
    let first = TrainingLog()
    _ = try Trainer(job).run(first)
    // The same teacher once more: had it changed, so would the losses.
    let second = TrainingLog()
    _ = try Trainer(job).run(second)
    #expect(first.losses == second.losses)
  }

  @Test func resumesToTheByte() throws {
    func job() throws -> TrainingJob {
      try self.job("alpha: 0.9", "train: {epochs: 2}", batchSize: 32)
    }
    let whole = TrainingLog()
    let expected = try Trainer(job()).run(whole)
    let first = TrainingLog()
    first.lastStep = 5
    #expect(throws: TrainingInterrupted.self) { try Trainer(job()).run(first) }
    let second = TrainingLog()
    let result = try Trainer(job(), from: first.snapshots.last).run(second)
    #expect(first.losses + second.losses == whole.losses)
    #expect(result.lastWeights.map(\.bytes) == expected.lastWeights.map(\.bytes))
  }
}
