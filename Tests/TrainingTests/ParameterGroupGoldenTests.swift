import ExperimentConfig
import FoundationEssentials
import Graph
import Testing
import Training
import Weights

/// `Tests/Fixtures/parameter_groups/goldens.json`: the first 50 losses in PyTorch (see make.py beside it).
private struct ParameterGroupGolden: Decodable {
  let optimizer: JSONValue
  let train: JSONValue
  let schedule: String?
  let losses: [Double]
  let rates: [String: Double]
  let decays: [String: Double]

  static let folder = TrainingGolden.folder.deletingLastPathComponent()
    .appending(path: "parameter_groups")

  static func load(_ run: String) throws -> Self {
    let data = try Data(contentsOf: folder.appending(path: "goldens.json"))
    return try #require(try JSONDecoder().decode([String: Self].self, from: data)[run])
  }

  private static let model = """
    blocks:
      residual:
        layers:
          - conv2d: {out_channels: 8, kernel_size: 3, padding: 1, bias: false}
            name: conv1
          - batch_norm2d:
            name: bn1
          - silu
          - conv2d: {out_channels: 8, kernel_size: 3, padding: 1}
            name: conv2
          - add:
            from: [conv2, input]
      stage:
        layers: [residual, residual]
    model:
      - conv2d: {out_channels: 8, kernel_size: 3, stride: 4, bias: false}
        name: conv1
      - batch_norm2d:
        name: bn1
      - silu
      - stage:
        name: layer1
      - stage:
        name: layer2
      - batch_norm2d:
        name: norm
      - global_avg_pool
      - linear: 10
        name: fc
    """

  /// The run as our own job, with PyTorch's initial weights.
  ///
  /// - Parameter optimizer: replaces the run's.
  func job(optimizer: String? = nil) throws -> TrainingJob {
    func json(_ value: JSONValue) throws -> String {
      String(decoding: try JSONText.encode(value), as: UTF8.self)
    }
    var job = try Jobs.make(
      """
      data:
        dataset: mnist
        transforms: [to_tensor, normalize: {mean: 0.5, std: 0.5}]
        batch_size: 32
        shuffle: false
      \(Self.model)
      optimizer: \(try optimizer ?? json(self.optimizer))
      train: \(try json(train))
      \(schedule.map { "schedule: {\($0): {interval: step}}" } ?? "")
      """, FormulaImages.make(salt: 0), train: 0..<1600, validation: 1600..<1664)
    job.epochs = 1
    job.initialWeights =
      try SafeTensors.File(reading: Self.folder.appending(path: "initial.safetensors").path)
      .entries()
    return job
  }
}

/// Weight decay on weights alone, layer-wise learning rates, groups with arguments of their own and clipping by
/// value, against PyTorch given the same assignment name by name.
@Suite struct ParameterGroupGoldenTests {
  private func losses(_ job: TrainingJob) throws -> [Double] {
    let log = TrainingLog()
    _ = try Trainer(job).run(log)
    return log.losses
  }

  @Test(arguments: ["no_decay", "layer_decay", "both", "group_arguments", "clip_value"])
  func theFirstFiftyLossesEqualPyTorchs(_ run: String) throws {
    let golden = try ParameterGroupGolden.load(run)
    let ours = try losses(golden.job())
    #expect(ours.count == 50)
    #expect(golden.losses.count == 50)
    for (step, (ours, theirs)) in zip(ours, golden.losses).enumerated() {
      #expect(abs(ours - theirs) <= 1e-5, "step \(step): \(ours), PyTorch has \(theirs)")
    }
  }

  /// Without the setting that a run is about, its losses differ.
  @Test(arguments: [
    ("no_decay", "{adamw: {lr: 4e-3, weight_decay: 0.5}}"),
    ("layer_decay", "{adamw: {lr: 4e-3, weight_decay: 0.5}}"),
    ("both", "{adamw: {lr: 4e-3, weight_decay: 0.5, layer_decay: 0.75}}"),
    ("both", "{adamw: {lr: 4e-3, weight_decay: 0.5, no_decay: [bias, norm]}}"),
    ("both", "{adamw: {lr: 4e-3, weight_decay: 0.5, layer_decay: 0.75, no_decay: bias}}"),
    ("group_arguments", "{adamw: {lr: 4e-3, weight_decay: 0.5, no_decay: [bias, norm]}}"),
  ])
  func everySettingMatters(_ run: String, _ optimizer: String) throws {
    let golden = try ParameterGroupGolden.load(run)
    let ours = try losses(golden.job(optimizer: optimizer))
    #expect(abs((ours.last ?? 0) - (golden.losses.last ?? 0)) > 1e-4)
  }

  @Test func clippingByValueMatters() throws {
    let golden = try ParameterGroupGolden.load("clip_value")
    var job = try golden.job()
    #expect(job.clipValue == 0.02)
    job.clipValue = nil
    #expect(abs((try losses(job).last ?? 0) - (golden.losses.last ?? 0)) > 1e-3)
  }

  /// The assignment itself: every parameter's learning rate and weight decay.
  @Test(arguments: ["no_decay", "layer_decay", "both", "group_arguments", "clip_value"])
  func ratesAndDecaysArePyTorchs(_ run: String) throws {
    let golden = try ParameterGroupGolden.load(run)
    let job = try golden.job()
    var names: Set<String> = []
    for group in job.trainability.groups(of: job.graph, by: job.optimizer) {
      for name in group.parameters {
        names.insert(name)
        let rate = try #require(golden.rates[name])
        #expect(abs(group.learningRate - rate) <= 1e-12 * rate, "\(name)")
        #expect(group.optimizer.weightDecay == golden.decays[name], "\(name)")
      }
    }
    #expect(names == Set(golden.rates.keys))
  }

  /// Groups keep their state in a checkpoint.
  @Test(arguments: ["group_arguments", "both"])
  func resumingFromACheckpointChangesNoByte(_ run: String) throws {
    let golden = try ParameterGroupGolden.load(run)
    func job() throws -> TrainingJob {
      var job = try golden.job()
      job.epochs = 2
      return job
    }
    let whole = try Trainer(job()).run(TrainingLog())
    let log = TrainingLog()
    log.lastStep = 67
    #expect(throws: TrainingInterrupted.self) { try Trainer(job()).run(log) }
    let rest = try Trainer(job(), from: log.snapshots.last).run(TrainingLog())
    #expect(rest.lastWeights.map(\.bytes) == whole.lastWeights.map(\.bytes))
  }
}
