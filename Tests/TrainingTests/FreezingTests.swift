import Execution
import ExperimentConfig
import Testing
import Training
import Weights

/// What is frozen stays as it is, to the last bit.
@Suite struct FreezingTests {
  private let optimizers = ["adam: 1e-2", "adamw: 1e-2", "sgd: {lr: 0.1, weight_decay: 0.1}"]

  /// The names of what a training has changed.
  private func changed(_ settings: String) throws -> Set<String> {
    let job = try FineTuningGolden.job(settings)
    let before = try job.makeModel().stateDict()
    let after = try Trainer(job).run(TrainingLog()).lastWeights
    #expect(before.map(\.name) == after.map(\.name))
    return Set(zip(before, after).filter { $0.bytes != $1.bytes }.map(\.0.name))
  }

  private let head: Set = ["9.weight", "9.bias"]
  private let statistics: Set = [
    "1.running_mean", "1.running_var", "1.num_batches_tracked",
    "5.running_mean", "5.running_var", "5.num_batches_tracked",
  ]

  @Test func onlyTheHeadChanges() throws {
    for optimizer in optimizers {
      let found = try changed("freeze: backbone\noptimizer: {\(optimizer)}\ntrain: {epochs: 1}")
      #expect(found == head, "\(optimizer)")
    }
  }

  @Test func averagesLeaveTheFrozenAlone() throws {
    let found = try changed("freeze: backbone\ntrain: {epochs: 2, ema: 0.5, clip_grad_norm: 1}")
    #expect(found == head)
  }

  @Test func withUpdateTheStatisticsMove() throws {
    let found = try changed(
      "freeze: {parameters: backbone, batch_norm: update}\ntrain: {epochs: 1}")
    #expect(found == head.union(statistics))
  }

  @Test func aNormalisationIsFrozenOnlyAsAWhole() throws {
    let found = try changed("freeze: [\"0\", \"1.weight\", \"4\", \"5\"]\ntrain: {epochs: 1}")
    #expect(found == head.union(["1.bias"]).union(statistics.filter { $0.hasPrefix("1.") }))
  }

  @Test func beforeItsEpochALayerIsFrozen() throws {
    let settings = """
      freeze: backbone
      unfreeze: {epoch: 2, layers: ["4", "5"]}
      optimizer: {adam: 1e-2}
      """
    #expect(throws: (any Error).self, "the epoch never comes") {
      try FineTuningGolden.job(settings + "\ntrain: {epochs: 1}")
    }
    var job = try FineTuningGolden.job(settings + "\ntrain: {epochs: 2}")
    let before = try job.makeModel().stateDict()
    func changed() throws -> Set<String> {
      let after = try Trainer(job).run(TrainingLog()).lastWeights
      return Set(zip(before, after).filter { $0.bytes != $1.bytes }.map(\.0.name))
    }
    let later = statistics.filter { $0.hasPrefix("5.") }
    #expect(try changed() == head.union(["4.weight", "5.weight", "5.bias"]).union(later))
    job.epochs = 1
    #expect(try changed() == head)
  }

  /// A checkpoint holds no tensor that no step changes.
  @Test func checkpointsLeaveOutWhatIsFrozen() throws {
    let log = TrainingLog()
    log.keepsEpochs = true
    _ = try Trainer(FineTuningGolden.job("freeze: backbone\ntrain: {epochs: 1}")).run(log)
    let names = try #require(log.snapshots.last).tensors.map(\.name)
    #expect(Set(names.filter { $0.hasPrefix("model.") }) == Set(head.map { "model." + $0 }))
  }
}
