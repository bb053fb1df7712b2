import Diagnostics
import ExperimentConfig
import Graph
import Planning
import Testing

/// What `runner check` says of memory.
@Suite struct MemoryEstimateTests {
  private func memory(_ name: String, _ overrides: String...) throws -> MemoryEstimate {
    let outcome = Outcome.of(Checkout.root + "/experiments/\(name).yaml", overrides)
    return try #require(outcome.plan, "\(outcome.text)").memory
  }

  @Test func sequential() throws {
    let memory = try memory("sequential")
    #expect(memory.data == 70_000 * 784)
    #expect(memory.model == 109_386 * 4)
    // Gradients, two moments and the best epoch's copy.
    #expect(memory.training == 109_386 * 4 * 4)
    #expect(memory.features == 0)
    // An evaluation's 1,000 examples before and after `flatten` are more than a step of 64.
    #expect(memory.values == 1_000 * 2 * 784 * 4)
    #expect(try self.memory("sequential", "+train.ema=0.9").training == 109_386 * 4 * 5)
    #expect(try self.memory("sequential", "optimizer=sgd").training == 109_386 * 4 * 2)
    for (optimizer, states) in [("{sgd: {momentum: 0.9}}", 1), ("{adamw: {amsgrad: true}}", 3)] {
      let memory = try self.memory("sequential", "optimizer=\(optimizer)")
      #expect(memory.training == 109_386 * 4 * (2 + states))
    }
    // 522 values that a gradient goes through, what the first layer reads, and `flatten`.
    let large = try self.memory("sequential", "batch_size=2000")
    #expect(large.values == 2_000 * (522 * 8 + 784 * 4 + 2 * 784 * 4))
  }

  @Test func moreThanTheMachineHasIsAWarning() throws {
    #expect(Outcome.of(Checkout.root + "/experiments/sequential.yaml").diagnostics.isEmpty)
    let wide = try #require(
      Outcome.of(
        Checkout.root + "/experiments/sequential.yaml",
        ["model.1.linear=2000000", "batch_size=48000"]
      ).diagnostics.first { $0.severity == .warning })
    #expect(wide.message.contains("this machine has"))
    #expect(wide.message.contains("batch_size 48000"))
    #expect(wide.range?.file.kind == .commandLine)
    #expect(wide.hint == "a smaller batch_size needs less")
  }

  @Test func parametersAreNamedWhereTheyAreLargest() throws {
    let outcome = Outcome.of(
      Checkout.root + "/experiments/sequential.yaml",
      [
        "model=[flatten, {linear: 1000000}, relu, {linear: 60000}, relu, {linear: 10}]",
        "optimizer=adam",
      ])
    let warning = try #require(outcome.diagnostics.first { $0.severity == .warning })
    let graph = try #require(outcome.plan).graph
    #expect(warning.message.contains("weights: "))
    #expect(warning.message.contains("gradients, optimizer state and copies: "))
    #expect(warning.range == graph.nodes[3].range, "the layer with the most parameters")
    #expect(warning.hint?.contains("sgd") == true)
  }

  @Test func fineTuningKeepsNothingOfTheFrozenPart() throws {
    let memory = try memory("resnet18_finetune")
    // The test set fits in memory at 224 x 224 in one channel, the training set does not.
    #expect(memory.data == 70_000 * 784 + 10_000 * 224 * 224)
    #expect(memory.model == (11_181_642 + 9_600 + 20) * 4)
    #expect(memory.training == 5_130 * 4 * 4)
    #expect(memory.features == 70_000 * 512 * 4)
    // 32 images before and after the first batch normalisation.
    #expect(memory.values == 32 * 2 * 64 * 112 * 112 * 4)
    #expect(memory.total < 1_000_000_000)
  }

  @Test func whatIsTrainedOrNotKeptCosts() throws {
    let frozen = try memory("resnet18_finetune")
    let uncached = try memory("resnet18_finetune", "cache=false")
    #expect(uncached.features == 0)
    #expect(uncached.training == frozen.training)
    #expect(uncached.values > frozen.values, "every evaluation goes through all layers")
    let last = try memory("resnet18_finetune", "+unfreeze={epoch: 2, layers: layer4}")
    #expect(last.training > frozen.training)
    #expect(last.features == 70_000 * 256 * 14 * 14 * 4)
    let whole = try memory("resnet18_finetune", "~freeze")
    #expect(whole.training == 11_181_642 * 4 * 4)
    #expect(whole.total > frozen.total)
    let half = try memory("resnet18_finetune", "~freeze", "precision=bfloat16")
    #expect(half.values < whole.values)
    #expect(half.model > whole.model, "weights are converted in every pass")
  }

  @Test func largeImagesAreEvaluatedAFewAtATime() throws {
    func batches(_ name: String) throws -> (Int, Int) {
      let plan = try #require(Outcome.of(Checkout.root + "/experiments/\(name).yaml", []).plan)
      return (
        plan.graph.evaluationBatch(), plan.graph.evaluationBatch(behind: plan.frozenPrefix)
      )
    }
    #expect(try batches("sequential") == (1_000, 1_000))
    #expect(try batches("resnet18_finetune") == ((4 << 20) / (64 * 112 * 112), 1_000))
  }

  /// CUDA has a deterministic gradient of adaptive pooling only where it is plain pooling.
  @Test(arguments: [
    ("adaptive_avg_pool2d: 4", true), ("adaptive_avg_pool2d: 1", true),
    ("adaptive_avg_pool2d: 3", false), ("adaptive_max_pool2d: [7, 2]", true),
    ("adaptive_max_pool2d: [7, 3]", false), ("adaptive_avg_pool1d: 14", true),
    ("adaptive_avg_pool1d: 5", false), ("adaptive_max_pool1d: 14", true),
    ("adaptive_max_pool1d: 5", false),
  ])
  func adaptivePoolingOnCUDA(_ pool: String, _ isPossible: Bool) throws {
    let rows = pool.contains("1d") ? "{reshape: [2, 784]}, " : ""
    let model =
      "model=[{conv2d: {out_channels: 2, kernel_size: 5, padding: 2}}, \(rows){\(pool)}, "
      + "flatten, {linear: 10}]"
    let plan = try #require(
      Outcome.of(Checkout.root + "/experiments/sequential.yaml", [model]).plan)
    try plan.check(device: "cpu")
    if isPossible {
      try plan.check(device: "cuda:1")
    } else {
      let error = #expect(throws: InputError.self) { try plan.check(device: "cuda") }
      #expect(error?.diagnostics.first?.range != nil)
    }
  }
}
