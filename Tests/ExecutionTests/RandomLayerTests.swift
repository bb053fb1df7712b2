import Diagnostics
import Execution
import ExperimentConfig
import Graph
import Planning
import Testing
import Torch
import Weights

/// Layers that draw while training, and what a layer refuses in a batch.
@Suite struct RandomLayerTests {
  private func model(_ layers: String, input: Shape) throws -> Model {
    let diagnostics = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 1)
    let file = SourceFile(
      name: "test.yaml", text: "data: {dataset: mnist}\nmodel:\n\(layers)\n")
    guard let loaded = loader.load(file, into: diagnostics),
      let graph = GraphBuilder.build(
        loaded.experiment.model, inputs: [Graph.Input("image", input)], output: "label",
        requirement: nil, registry: .standard, diagnostics: diagnostics)
    else { throw InputError(diagnostics.sorted) }
    return try Model(graph, seed: 1)
  }

  private let place = TrainingStep(seed: 1, fold: 0, epoch: 1, step: 1)
  private let others = [
    TrainingStep(seed: 2, fold: 0, epoch: 1, step: 1),
    TrainingStep(seed: 1, fold: 1, epoch: 1, step: 1),
    TrainingStep(seed: 1, fold: 0, epoch: 2, step: 1),
    TrainingStep(seed: 1, fold: 0, epoch: 1, step: 2),
  ]

  /// A function of seed, fold, epoch, step and path, and in evaluation without any effect of `p`.
  private func checkDraws(_ model: Model, _ input: Tensor, evaluated plain: Model) throws {
    let first = try model(input, training: place).floats()
    #expect(try model(input, training: place).floats() == first)
    for other in others { #expect(try model(input, training: other).floats() != first) }
    #expect(try model(input).floats() == plain(input).floats())
    #expect(try model(input).floats() != first)
  }

  @Test func stochasticDepthDropsWholeExamples() throws {
    let model = try model("  - stochastic_depth: 0.25", input: [2, 3, 1])
    let input = try Tensor.ones([4000, 2, 3, 1])
    try checkDraws(model, input, evaluated: self.model("  - identity", input: [2, 3, 1]))
    let output = try model(input, training: place).floats()
    let examples = (0..<4000).map { Set(output[($0 * 6)..<($0 * 6 + 6)]) }
    #expect(examples.allSatisfy { $0 == [0] || $0 == [1 / Float(0.75)] })
    let kept = Double(examples.count { $0 != [0] }) / 4000
    #expect(abs(kept - 0.75) < 0.03)
  }

  @Test func stochasticDepthOfABatchDropsAllOrNothing() throws {
    let model = try model("  - stochastic_depth: {p: 0.5, mode: batch}", input: [3])
    let input = try Tensor.ones([5, 3])
    var seen: Set<Float> = []
    for step in 1...400 {
      let step = TrainingStep(seed: 1, fold: 0, epoch: 1, step: step)
      let output = Set(try model(input, training: step).floats())
      #expect(output.count == 1)
      seen.formUnion(output)
    }
    #expect(seen == [0, 2])
  }

  @Test func stochasticDepthOfEverythingGivesZeros() throws {
    let model = try model("  - stochastic_depth: 1", input: [3])
    #expect(try model(.ones([2, 3]), training: place).floats().allSatisfy { $0 == 0 })
  }

  @Test(arguments: ["row", "batch"]) func stochasticDepthKeepsTheMean(mode: String) throws {
    let model = try model("  - stochastic_depth: {p: 0.3, mode: \(mode)}", input: [1])
    var sum: Float = 0
    for step in 1...2000 {
      let step = TrainingStep(seed: 1, fold: 0, epoch: 1, step: step)
      sum += try model(.ones([1, 1]), training: step).floats()[0]
    }
    #expect(abs(sum / 2000 - 1) < 0.08)
  }

  @Test func attentionWeightsAreDropped() throws {
    let attention = "  - multi_head_attention: {num_heads: 2, dropout: P}"
    let values = (0..<(3 * 5 * 4)).map { Float($0 % 7) / 7 }
    try checkDraws(
      model(attention.replacing("P", with: "0.5"), input: [5, 4]),
      Tensor(values, shape: [3, 5, 4]),
      evaluated: model(attention.replacing("P", with: "0"), input: [5, 4]))
  }

  /// The explicit computation with masks is the same as LibTorch's fused one where nothing is dropped.
  @Test(arguments: [false, true]) func attentionWithMasksIsTheSame(isCausal: Bool) throws {
    let layer = "  - multi_head_attention: {num_heads: 2, is_causal: \(isCausal), dropout: P}"
    let input = try Tensor((0..<(2 * 6 * 8)).map { Float($0 % 11) / 11 }, shape: [2, 6, 8])
    let plain = try model(layer.replacing("P", with: "0"), input: [6, 8])(input, training: place)
    // The mask keeps everything and its scale is 1 in float32.
    let masked = try model(layer.replacing("P", with: "1e-30"), input: [6, 8])(
      input, training: place)
    let worst = try zip(plain.floats(), masked.floats()).map { abs($0 - $1) }.max()
    #expect(try #require(worst) < 1e-6)
  }

  @Test(arguments: ["lstm", "gru"]) func outputsBetweenLayersAreDropped(cell: String) throws {
    let layer = "  - \(cell): {hidden_size: 8, num_layers: 3, bidirectional: true, dropout: P}"
    let input = try Tensor((0..<(2 * 4 * 3)).map { Float($0 % 5) - 2 }, shape: [2, 4, 3])
    let dropping = try model(layer.replacing("P", with: "0.5"), input: [4, 3])
    let plain = try model(layer.replacing("P", with: "0"), input: [4, 3])
    try checkDraws(dropping, input, evaluated: plain)
    let barely = try model(layer.replacing("P", with: "1e-30"), input: [4, 3])
    let layered = try barely(input, training: place).floats()
    let worst = try zip(layered, plain(input, training: place).floats()).map { abs($0 - $1) }.max()
    #expect(try #require(worst) < 1e-6)
    #expect(throws: Never.self) { try dropping(input, training: place).sum().backward() }
  }

  @Test func everyLayerWorksInLowerPrecision() throws {
    let model = try model(
      """
        - parameter: {shape: [1, 8], init: {normal: 1}}
          name: token
        - concat:
          from: [token, input]
        - linear: 8
        - multi_head_attention: 2
        - layer_scale: {init_value: 0.5, dim: -1}
        - prelu
        - gru: {hidden_size: 4, bidirectional: true}
        - lstm: {hidden_size: 4, num_layers: 2, dropout: 0.1, output: last}
        - linear: 6
        - glu
      """, input: [5, 8])
    let input = try Tensor((0..<80).map { Float($0 % 9) / 9 }, shape: [2, 5, 8])
    let exact = try model(input).floats()
    model.autocast = Model.Autocast(dtype: .bfloat16)
    let mixed = try model(input)
    #expect(mixed.shape == [2, 3] && mixed.dtype == .float32)
    let worst = try zip(exact, mixed.floats()).map { abs($0 - $1) }.max()
    #expect(try #require(worst) < 0.02)
    try model(input, training: place).sum().backward()
    #expect(try model.parameters.allSatisfy { try $0.tensor.grad() != nil })
  }

  /// The error names the node and points at its layer in the file.
  @Test(arguments: [
    (Float(5), "'0' (embedding): the input holds 5, but there are 5 embeddings, 0 to 4"),
    (-1, "'0' (embedding): the input holds -1, but there are 5 embeddings, 0 to 4"),
    (0.5, "'0' (embedding): the input holds 0.5, which is not an integer"),
    (.infinity, "'0' (embedding): the input holds inf, but there are 5 embeddings, 0 to 4"),
    (.nan, "'0' (embedding): the input holds nan, which is not an integer"),
  ]) func anEmbeddingRefusesOtherNumbers(number: Float, message: String) throws {
    let model = try model(
      "  - embedding: {num_embeddings: 5, embedding_dim: 2}", input: [2])
    #expect(try model(Tensor([0, 4], shape: [1, 2])).shape == [1, 2, 2])
    do {
      _ = try model(Tensor([1, number], shape: [1, 2]))
      Issue.record("nothing was thrown")
    } catch let error as InputError {
      let diagnostic = try #require(error.diagnostics.first)
      #expect(diagnostic.message == message)
      #expect(diagnostic.range?.start.line == 3)
    }
  }

  @Test func theParametersOfAVisionTransformerHaveItsNames() throws {
    let model = try model(
      """
        - conv2d: {out_channels: 4, kernel_size: 2, stride: 2}
          name: conv_proj
        - flatten: {start_dim: 2}
        - transpose:
          name: patches
        - parameter: {shape: [1, 4]}
          name: class_token
        - concat:
          from: [class_token, patches]
          name: tokens
        - parameter: {init: {normal: 0.02}}
          name: pos_embedding
        - add:
          from: [tokens, pos_embedding]
        - slice: {end: 1}
        - flatten
      """, input: [1, 4, 4])
    let state = Dictionary(
      uniqueKeysWithValues: try model.stateDict().map { ($0.name, $0.shape) })
    #expect(
      state == [
        "conv_proj.weight": [4, 1, 2, 2], "conv_proj.bias": [4], "class_token": [1, 1, 4],
        "pos_embedding": [1, 5, 4],
      ])
    // The class token is zero at first, so that only its position is left.
    let output = try model(.ones([3, 1, 4, 4]))
    let position = try #require(model.parameters.first { $0.name == "pos_embedding" }).tensor
    let first = Array(try position.detach().floats().prefix(4))
    #expect(try output.floats() == first + first + first)
    try output.sum().backward()
    let token = try #require(model.parameters.first { $0.name == "class_token" }).tensor
    #expect(try #require(try token.grad()).floats() == [3, 3, 3, 3])
    let plan = try model.inferencePlan(rows: 3)
    #expect(try plan(.ones([3, 1, 4, 4])).floats() == first + first + first)
  }
}
