import DataSchema
import Datasets
import Diagnostics
import Execution
import ExperimentConfig
import FeatureCache
import Graph
import Testing
import Torch
import Training
import Weights

/// Training behind a frozen prefix is the same training.
@Suite struct FeaturePassTests {
  /// No bias in front of a batch normalisation: its gradient is nothing but rounding, which Adam makes
  /// steps of the learning rate of.
  private let residual = """
    data:
      dataset: mnist
      transforms: [to_tensor]
      batch_size: 32
    model:
      - conv2d: {out_channels: 4, kernel_size: 3, stride: 2, bias: false}
        name: stem
      - batch_norm2d:
        name: norm
      - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
        name: a
      - relu:
        name: act
      - add:
        from: [act, norm]
      - max_pool2d: 2
      - conv2d: {out_channels: 8, kernel_size: 3, bias: false}
        name: b
      - batch_norm2d:
        name: later
      - flatten
      - dropout: 0.2
      - linear: 10
        name: fc
    optimizer: {adam: 1e-2}
    train: {epochs: 2, ema: 0.9}
    """

  @Test(arguments: [
    ("backbone", "8", 9), ("[stem, norm, a]", "5", 6), ("[stem, norm]", "norm", 2),
    ("stem", "stem", 1),
  ])
  func theLossesAreTheSame(frozen: String, end: String, count: Int) throws {
    let job = try Jobs.make(
      residual + "\nfreeze: \(frozen)", FormulaImages.make(salt: 0).prefix(400), train: 0..<320,
      validation: 320..<400)
    let prefix = try #require(job.graph.frozenPrefix(job.trainability).prefix)
    #expect(job.graph.nodes[prefix.end].path == end)
    #expect(prefix.nodes.count == count)
    let whole = TrainingLog()
    let expected = try Trainer(job).run(whole)

    var computed = 0
    let pass = FeaturePass(try job.makeModel(), prefix, store: nil, engine: "test")
    let features = try pass.features(
      of: job.examples, data: "formula",
      description: FeatureDescription(dataset: "formula", model: "residual", layers: end),
      progress: { computed += $0.batch }, waiting: {}, warn: { Issue.record("\($0)") })
    #expect(computed == 400)
    var behind = job
    behind.examples = try ExampleSet(features, of: job.examples, device: .cpu)
    let log = TrainingLog()
    let result = try Trainer(behind).run(log)
    for (ours, theirs) in zip(log.losses, whole.losses) { #expect(abs(ours - theirs) < 1e-5) }
    for (ours, theirs) in zip(log.values, whole.values) {
      #expect(ours.keys == theirs.keys)
      for (key, value) in ours { #expect(abs(value - (theirs[key] ?? .nan)) < 1e-5, "\(key)") }
    }
    // What is frozen is untouched either way.
    for (ours, theirs) in zip(result.lastWeights, expected.lastWeights)
    where prefix.nodes.contains(where: { ours.name.hasPrefix(job.graph.nodes[$0].path + ".") }) {
      #expect(ours.bytes == theirs.bytes, "\(ours.name)")
    }
  }

  @Test func moreThanTheMemoryIsRefusedBeforeItIsComputed() throws {
    try FeaturePass.checkMemory(1000, 256, has: 1_024_000)
    let error = #expect(throws: InputError.self) {
      try FeaturePass.checkMemory(70_000, 200_704, has: 16 << 30)
    }
    #expect(error?.diagnostics.first?.message.contains("needs 56.2 GB of memory") == true)
    #expect(throws: InputError.self) { try FeaturePass.checkMemory(.max, 2, has: .max / 4) }
  }
}
