import ExperimentConfig
import FoundationEssentials
import Planning
import Testing
import Torch
import Training
import Weights

/// `rmsprop` against PyTorch's, and its resumption; its training curves are in ``TrainingGoldenTests``.
@Suite struct RMSpropTests {
  /// As in `Tests/Fixtures/torch/make_goldens.py`: the third parameter never has a gradient and stays.
  @Test(arguments: [
    ("rmsprop", "rmsprop"),
    ("rmsprop_decay", "{rmsprop: {lr: 1e-3, alpha: 0.9, eps: 1e-3, weight_decay: 0.1}}"),
    ("rmsprop_momentum", "{rmsprop: {momentum: 0.9}}"),
    ("rmsprop_centered", "{rmsprop: {centered: true}}"),
    (
      "rmsprop_everything",
      "{rmsprop: {lr: 1e-3, alpha: 0.9, eps: 1e-6, weight_decay: 0.1, momentum: 0.5, centered: true}}"
    ),
  ])
  func fourStepsEqualPyTorchs(_ name: String, _ text: String) throws {
    let url = TrainingGolden.folder.deletingLastPathComponent()
      .appending(path: "torch/optimizers.json")
    let goldens = try JSONDecoder().decode([String: [[Double]]].self, from: Data(contentsOf: url))
    let expected = try #require(goldens[name])
    let parameters = try [
      Self.ramp([3, 4]), Self.ramp([5], start: 0.5, step: -0.25), Self.ramp([2]),
    ]
    let definition = try Jobs.plan(
      "{data: {dataset: mnist}, model: [flatten, linear: 10], optimizer: \(text)}"
    ).experiment.optimizer
    let optimizer = try Optimizer(definition, groups: [Optimizer.Group(parameters)])
    for step in 0..<4 {
      let start = Float(step)
      try parameters[0].setGrad(Self.ramp([3, 4], start: 0.5 - 0.25 * start, step: 0.125))
      try parameters[1].setGrad(Self.ramp([5], start: -0.25 * start, step: 0.5))
      try optimizer.step()
    }
    for (parameter, values) in zip(parameters, expected) {
      for (ours, theirs) in zip(try parameter.floats(), values) {
        #expect(abs(Double(ours) - theirs) < 1e-6)
      }
    }
  }

  @Test func defaultsArePyTorchs() throws {
    let arguments = try Jobs.plan(
      "{data: {dataset: mnist}, model: [flatten, linear: 10], optimizer: rmsprop}"
    ).loaded.resolved.at("optimizer").component().arguments
    #expect(try arguments.number("lr") == 1e-2)
    #expect(try arguments.number("alpha") == 0.99)
    #expect(try arguments.number("eps") == 1e-8)
    #expect(try arguments.number("weight_decay") == 0)
    #expect(try arguments.number("momentum") == 0)
    #expect(try !arguments.boolean("centered"))
  }

  @Test(arguments: [
    ("{lr: 1e-3}", ["square_avg"]),
    ("{lr: 1e-3, momentum: 0.9, centered: true}", ["square_avg", "momentum_buffer", "grad_avg"]),
  ])
  func resumingFromACheckpointChangesNoByte(_ arguments: String, _ state: [String]) throws {
    let job = try Jobs.make(
      """
      data:
        dataset: mnist
        transforms: [to_tensor, normalize: {mean: 0.5, std: 0.5}]
        batch_size: 32
      model: [flatten, linear: 24, tanh, dropout: 0.2, linear: 10]
      optimizer: {rmsprop: \(arguments)}
      train: {epochs: 3}
      """, FormulaImages.make(salt: 0), train: 0..<320, validation: 320..<384)
    #expect(job.optimizer.stateValuesPerParameter == state.count)
    let log = TrainingLog()
    log.keepsEpochs = true
    let trainer = try Trainer(job)
    #expect(trainer.isCompiled)
    let whole = try trainer.run(log)
    let snapshot = try #require(log.snapshots.first)
    let names = snapshot.tensors.map(\.name).filter { $0.hasPrefix("optimizer.") }
    #expect(names == state.flatMap { name in (0..<4).map { "optimizer.0.\(name).\($0)" } })
    let rest = try Trainer(job, from: snapshot).run(TrainingLog())
    #expect(rest.lastWeights.map(\.bytes) == whole.lastWeights.map(\.bytes))
  }

  /// Numbers that float32 holds exactly.
  private static func ramp(
    _ shape: [Int], start: Float = -1, step: Float = 0.0625
  ) throws -> Tensor {
    try Tensor((0..<shape.reduce(1, *)).map { start + step * Float($0) }, shape: shape)
  }
}
