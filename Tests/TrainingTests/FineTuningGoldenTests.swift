import ExperimentConfig
import Testing
import Training

/// Frozen layers, groups, averages and schedules inside the loop, against PyTorch.
@Suite struct FineTuningGoldenTests {
  private func compare(_ run: String, _ settings: String, tolerance: Double = 1e-5) throws {
    try FineTuningGolden.load(run).compare(FineTuningGolden.job(settings), tolerance: tolerance)
  }

  @Test func aFrozenBackbone() throws {
    try compare("frozen", "freeze: backbone\noptimizer: {adam: 1e-2}\ntrain: {epochs: 2}")
  }

  @Test func frozenButWithTheStatisticsOfEachBatch() throws {
    try compare(
      "frozen_update",
      """
      freeze: {parameters: backbone, batch_norm: update}
      optimizer: {adam: 1e-2}
      train: {epochs: 2}
      """)
  }

  /// From the second epoch on the later layers are trained too, with a learning rate of their own and,
  /// in Adam, steps of their own.
  @Test(arguments: [
    ("unfrozen", "sgd: {lr: 0.1, momentum: 0.9}", "0.02"), ("unfrozen_adam", "adam: 1e-2", "1e-3"),
  ])
  func unfreezing(run: String, optimizer: String, rate: String) throws {
    try compare(
      run,
      """
      freeze: backbone
      unfreeze: {epoch: 2, layers: ["4", "5"], lr: \(rate)}
      optimizer: {\(optimizer)}
      train: {epochs: 3}
      """)
  }

  @Test func groupsHaveTheirOwnLearningRates() throws {
    try compare(
      "groups",
      """
      optimizer:
        sgd:
          lr: 0.05
          momentum: 0.9
          groups:
            - {parameters: "9", lr_multiplier: 10}
            - {parameters: ["1", "5"], lr_multiplier: 0.1}
      train: {epochs: 2}
      """)
  }

  @Test func gradientsAreClipped() throws {
    let settings = "optimizer: {sgd: 0.5}\ntrain: {epochs: 2, clip_grad_norm: 0.2}"
    try compare("clip", settings)
    let log = TrainingLog()
    var job = try FineTuningGolden.job(settings)
    job.clipNorm = nil
    _ = try Trainer(job).run(log)
    let clipped = try FineTuningGolden.load("clip").losses
    #expect(abs((log.losses.last ?? 0) - (clipped.last ?? 0)) > 0.1, "or the test shows nothing")
  }

  @Test func theAverageOfTheWeights() throws {
    try compare("average", "optimizer: {sgd: 0.1}\ntrain: {epochs: 2, ema: 0.9}")
  }

  @Test(arguments: [
    ("step", 4, "step: {step_size: 2, gamma: 0.5}"),
    ("cosine_steps", 2, "cosine: {interval: step}"),
    ("one_cycle", 2, "one_cycle: {max_lr: 0.1}"),
  ])
  func schedules(run: String, epochs: Int, schedule: String) throws {
    let golden = try FineTuningGolden.load(run)
    let job = try FineTuningGolden.job(
      "optimizer: {sgd: 0.1}\nschedule: {\(schedule)}\ntrain: {epochs: \(epochs)}")
    // Roundings add up: the longest of these runs has twice as many steps as those of the other tests.
    let log = try golden.compare(job, tolerance: epochs > 2 ? 2e-5 : 1e-5)
    // The record has the rate of each epoch's last step.
    for (epoch, rate) in log.values("lr").enumerated() {
      #expect(abs(rate - golden.rates[10 * epoch + 9]) < 1e-9)
    }
  }

  @Test func aPlateauLowersTheLearningRate() throws {
    let golden = try FineTuningGolden.load("plateau")
    let job = try FineTuningGolden.job(
      """
      optimizer: {sgd: 0.1}
      schedule: {reduce_on_plateau: {factor: 0.2, patience: 0, threshold: 0.1}}
      train: {epochs: 4}
      """)
    let log = try golden.compare(job)
    #expect(log.values("lr").map { ($0 * 1000).rounded() } == [100, 100, 20, 4])
  }
}
