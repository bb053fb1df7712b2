import ExperimentConfig
import Graph
import Testing
import Training
import Weights

/// Every optimizer inside the loop: its state in checkpoints, and which steps it takes.
@Suite struct OptimizerResumeTests {
  private static let everything = [
    ("adagrad", "{adagrad: {lr_decay: 0.1, initial_accumulator_value: 0.1}}", ["sum"]),
    ("adadelta", "{adadelta: {weight_decay: 0.01}}", ["square_avg", "acc_delta"]),
    ("adamax", "adamax", ["exp_avg", "exp_inf"]),
    ("nadam", "{nadam: {weight_decay: 0.01}}", ["exp_avg", "exp_avg_sq"]),
    ("radam", "{radam: {betas: [0.9, 0.9]}}", ["exp_avg", "exp_avg_sq"]),
    ("lion", "{lion: {weight_decay: 0.1}}", ["exp_avg"]),
    ("muon", "{muon: {others: {lr: 2e-3}}}", ["momentum_buffer"]),
  ]

  private static let images = Result { try FormulaImages.make(salt: 0) }

  private func job(_ optimizer: String, train: Int = 320) throws -> TrainingJob {
    try Jobs.make(
      """
      data:
        dataset: mnist
        transforms: [to_tensor, normalize: {mean: 0.5, std: 0.5}]
        batch_size: 32
      model: [flatten, linear: 24, tanh, dropout: 0.2, linear: 10]
      optimizer: \(optimizer)
      schedule: {cosine: {interval: step}}
      train: {epochs: 3}
      """, Self.images.get(), train: 0..<train, validation: 320..<384)
  }

  @Test(arguments: everything)
  func resumingFromACheckpointChangesNoByte(
    _ name: String, _ optimizer: String, _ state: [String]
  ) throws {
    let whole = try Trainer(job(optimizer)).run(TrainingLog())
    let log = TrainingLog()
    log.lastStep = 13
    #expect(throws: TrainingInterrupted.self) { try Trainer(job(optimizer)).run(log) }
    let snapshot = try #require(log.snapshots.last)
    let kept = Set(
      snapshot.tensors.map(\.name).filter { $0.hasPrefix("optimizer.0.") }
        .compactMap { $0.split(separator: ".").dropFirst(2).first.map(String.init) })
    #expect(kept == Set(state))
    let rest = try Trainer(job(optimizer), from: snapshot).run(TrainingLog())
    #expect(rest.lastWeights.map(\.bytes) == whole.lastWeights.map(\.bytes))
  }

  /// The general way and compiled steps keep the same state, so that each continues what the other began.
  @Test(arguments: everything)
  func checkpointsAreInterchangeable(
    _ name: String, _ optimizer: String, _ state: [String]
  ) throws {
    let whole = try Trainer(job(optimizer, train: 96)).run(TrainingLog()).lastWeights.flatMap(
      \.floats)
    let size = whole.map(abs).max() ?? 0
    for isCompiled in [false, true] {
      var job = try job(optimizer, train: 96)
      job.usesCompiledSteps = isCompiled
      let log = TrainingLog()
      log.lastStep = 5
      #expect(throws: TrainingInterrupted.self) { try Trainer(job).run(log) }
      let snapshot = try #require(log.snapshots.last)
      #expect(snapshot.progress.groupSteps.allSatisfy { $0 == 5 })
      job.usesCompiledSteps = !isCompiled
      let rest = try Trainer(job, from: snapshot).run(TrainingLog())
      // The sign of a sum that is nearly 0 decides about a whole step of Lion's, 1e-4.
      let tolerance: Float = name == "lion" ? 1e-3 : 1e-5 * size
      for (left, right) in zip(rest.lastWeights.flatMap(\.floats), whole) {
        #expect(abs(left - right) <= tolerance)
      }
    }
  }

  /// Those that are lists of operations are compiled.
  @Test(arguments: everything)
  func theyLearn(_ name: String, _ optimizer: String, _ state: [String]) throws {
    let trainer = try Trainer(job(optimizer))
    #expect(trainer.isCompiled == (name != "muon"))
    let log = TrainingLog()
    _ = try trainer.run(log)
    let losses = log.values("val_loss")
    #expect((losses.last ?? .nan) < (log.losses.first ?? 0))
  }

  /// Matrices are Muon's unless AdamW is told to take them; everything else is AdamW's, with its own learning
  /// rate. A group gives AdamW's arguments under 'others'.
  @Test func muonLeavesWhatIsNoMatrixToAdamW() throws {
    func groups(_ arguments: String) throws -> [String: (String, Double, Double)] {
      let job = try job("{muon: {lr: 0.02, weight_decay: 0.2, \(arguments)}}")
      var found: [String: (String, Double, Double)] = [:]
      for group in job.trainability.groups(of: job.graph, by: job.optimizer) {
        for name in group.parameters {
          found[name] = (group.optimizer.name, group.learningRate, group.optimizer.weightDecay)
        }
      }
      return found
    }
    let plain = try groups("others: {lr: 3e-4}")
    #expect(try #require(plain["1.weight"]) == ("muon", 0.02, 0.2))
    #expect(try #require(plain["4.weight"]) == ("muon", 0.02, 0.2))
    #expect(try #require(plain["1.bias"]) == ("adamw", 3e-4, 0.01))
    let head = try groups("others: {parameters: head, weight_decay: 0.3}, no_decay: bias")
    #expect(try #require(head["1.weight"]) == ("muon", 0.02, 0.2))
    #expect(try #require(head["4.weight"]) == ("adamw", 1e-3, 0.3))
    #expect(try #require(head["4.bias"]) == ("adamw", 1e-3, 0))
    let grouped = try groups(
      "others: {lr: 3e-4, eps: 1e-6}, groups: [{parameters: \"1\", lr: 0.5, others: {lr: 0.25}}]")
    #expect(try #require(grouped["1.weight"]) == ("muon", 0.5, 0.2))
    #expect(try #require(grouped["1.bias"]) == ("adamw", 0.25, 0.01))
    #expect(try #require(grouped["4.bias"]) == ("adamw", 3e-4, 0.01))
  }
}
