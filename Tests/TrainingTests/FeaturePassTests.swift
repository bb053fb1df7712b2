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

  /// Frozen layers that see grey pictures in three channels are given one, of which they compute the same.
  @Test(arguments: [
    "[grayscale: 3, to_tensor, normalize: {mean: [0.48, 0.46, 0.41], std: [0.23, 0.22, 0.21]}]",
    "[random_horizontal_flip: 0.5, resize: [20, 22], grayscale: 3, to_tensor, normalize: {mean: [0.5], std: [0.2]}]",
    "[grayscale: 3, to_tensor]",
  ])
  func greyPicturesAreGivenOnce(_ transforms: String) throws {
    let job = try Jobs.make(
      """
      data: {dataset: mnist, transforms: \(transforms), batch_size: 32}
      model:
        - conv2d: {out_channels: 12, kernel_size: 5, stride: 2, padding: 2, bias: false}
        - batch_norm2d:
        - relu
        - flatten
        - linear: 10
      freeze: backbone
      """, FormulaImages.make(salt: 0).prefix(80), train: 0..<40, validation: 40..<80)
    let examples = job.examples
    let repeated = try #require(examples.repeatedChannel)
    let single = try #require(try examples.singleChannel(3..<9))
    let images = try examples.batch(3..<9).inputs
    let made = try Tensor.cat(
      zip(repeated.scales, repeated.shifts).map { try single.mul($0).add($1) }, dim: 1)
    #expect(made.shape == images.shape)
    let differences = zip(try made.contiguous().floats(), try images.floats()).map { abs($0 - $1) }
    #expect(differences.allSatisfy { $0 <= 1e-6 })

    let model = try job.makeModel()
    let prefix = try #require(job.graph.frozenPrefix(job.trainability).prefix)
    let features = try FeaturePass(model, prefix, store: nil, engine: "test").features(
      of: examples, data: "formula",
      description: FeatureDescription(dataset: "formula", model: "grey", layers: "relu"),
      progress: { _ in }, waiting: {}, warn: { Issue.record("\($0)") })
    let values = try ExampleSet(features, of: examples, device: .cpu).batch(3..<9).inputs.floats()
    let plan = try model.inferencePlan(upTo: prefix, rows: 32)
    let expected = try plan(images).floats()
    #expect(zip(values, expected).allSatisfy { abs($0 - $1) <= 1e-5 })
  }

  /// Without copies of a grey channel, or normalised twice, they are given as they are.
  @Test(arguments: [
    "[to_tensor]",
    "[grayscale: 3, to_tensor, normalize: {mean: [0.5], std: [0.2]}, normalize: {mean: [0.1], std: [2]}]",
  ])
  func otherPicturesAreNot(_ transforms: String) throws {
    let job = try Jobs.make(
      "data: {dataset: mnist, transforms: \(transforms)}\nmodel: [flatten, linear: 10]",
      FormulaImages.make(salt: 0).prefix(8), train: 0..<4, validation: 4..<8)
    #expect(job.examples.repeatedChannel == nil)
    #expect(try job.examples.singleChannel(0..<2) == nil)
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
