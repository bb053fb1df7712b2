import Diagnostics
import ExperimentConfig
import Graph
import Planning
import Testing

/// Layers that reorder, reduce, learn a value or read sequences: shapes, counts, and errors with their places.
@Suite struct SequenceLayerTests {
  /// The errors of a model, each as its message and the text that it points at.
  private func errors(_ layers: String, input: Shape) -> [[String]] {
    let text = "data: {dataset: digits}\nmodel:\n\(layers)\n"
    let collector = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 1)
    if let loaded = loader.load(SourceFile(name: "test.yaml", text: text), into: collector) {
      _ = GraphBuilder.build(
        loaded.experiment.model, inputs: [Graph.Input("image", input)], output: "label",
        requirement: nil, registry: .standard, diagnostics: collector)
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return collector.sorted.map { diagnostic in
      guard let range = diagnostic.range else { return [diagnostic.message, ""] }
      let line = lines[range.start.line - 1]
      let pointed = line.dropFirst(range.start.column - 1)
        .prefix(range.end.column - range.start.column)
      return [diagnostic.message, String(pointed)]
    }
  }

  @Test func errorsPointAtTheArgument() {
    func check(_ layer: String, _ input: Shape, _ message: String, at place: String) {
      let found = errors("  - \(layer)", input: input)
      #expect(found == [[message, place]], "\(layer)")
    }
    check(
      "permute: [1, 2]", [3, 4, 5],
      "'dims' is [1, 2], but must name each of the dimensions 1, 2, 3 of [N, 3, 4, 5] once",
      at: "[1, 2]")
    check(
      "permute: [1, 0]", [3],
      "'dims' is [1, 0], but must name each of the dimensions 1 of [N, 3] once", at: "[1, 0]")
    check(
      "transpose: {dim0: 0}", [3, 4],
      "'dim0' is the batch dimension; examples must not be mixed", at: "0")
    check(
      "slice: {start: 4}", [3, 4], "'start' is 4, but dimension 1 has 3 entries", at: "4")
    check(
      "slice: {start: 2, end: -2}", [3, 4],
      "'slice' selects nothing between 'start' 2 and 'end' -2 in dimension 1 of [N, 3, 4]", at: "-2"
    )
    check(
      "slice: {dim: 0, end: 1}", [3],
      "'dim' is the batch dimension; examples must not be mixed", at: "0")
    check("mean: [1, -2]", [3, 4], "'dim' names dimension 1 twice", at: "[1, -2]")
    check(
      "max: 0", [3, 4], "'dim' is the batch dimension; examples must not be mixed", at: "0")
    check(
      "stochastic_depth: 2", [3], "'p' must be at least 0 and at most 1, found 2", at: "2")
    check(
      "layer_scale: {dim: 2}", [3],
      "'dim' is 2, but the input [N, 3] has dimensions -2 to 1", at: "2")
    check(
      "prelu: 2", [3, 4, 4],
      "'num_parameters' is 2, but may only be 1 or the channels of [N, 3, 4, 4]", at: "2")
    check("glu: 1", [3, 4], "'glu' halves dimension 1 of [N, 3, 4], whose size is odd", at: "1")
    check(
      "multi_head_attention: 3", [5, 8],
      "'num_heads' is 3 and must divide the 8 features of [N, 5, 8]", at: "3")
    check(
      "multi_head_attention: {num_heads: 2, batch_first: false}", [5, 8],
      "'batch_first' is always true: the batch is dimension 0 of every node", at: "false")
    check(
      "lstm: 4", [3, 8, 8],
      "'lstm' needs sequences [N, positions, features], its input is [N, 3, 8, 8]", at: "lstm")
    check(
      "gru: {hidden_size: 4, batch_first: false}", [3, 8],
      "'batch_first' is always true: the batch is dimension 0 of every node", at: "false")
    check(
      "embedding: {num_embeddings: 3, embedding_dim: 2, padding_idx: 3}", [4],
      "'padding_idx' is 3, but there are 3 embeddings", at: "3")
    check("matmul", [3, 4], "'matmul' joins 2 nodes, not 1", at: "matmul")
    check(
      "linear: {out_features: 3, init: {trunc_normal: {std: 1, a: 2, b: 1}}}", [4],
      "'a' must be below 'b' in trunc_normal", at: "{trunc_normal: {std: 1, a: 2, b: 1}}")
    check(
      "linear: {out_features: 3, init: {normal: -1}}", [4], "'normal' must be at least 0, found -1",
      at: "-1")
  }

  @Test func matmulTakesTwoMatrices() {
    func output(_ shapes: [Shape]) -> Shape? {
      try? Built.plan("matmul", .object([:]), inputs: shapes).output
    }
    #expect(output([[2, 3, 4], [2, 4, 5]]) == [2, 3, 5])
    #expect(output([[1, 3, 4], [2, 4, 5]]) == [2, 3, 5])
    // PyTorch would multiply over the batch.
    #expect(output([[4], [4]]) == nil)
    #expect(output([[3, 4], [2, 4, 5]]) == nil)
    let three = errors(
      "  - {relu: , name: a}\n  - {matmul: , from: [a, a, input]}", input: [3, 3])
    #expect(three == [["'matmul' joins 2 nodes, not 3", "matmul"]])
    let four = errors(
      "  - {multi_head_attention: 1, from: [input, input, input, input]}", input: [3, 3])
    #expect(four.map { $0[0] } == ["'multi_head_attention' takes at most 3 inputs, not 4"])
  }

  /// A parameter has its node's name, inside blocks too; a layer whose values nothing reads is reported.
  @Test func aParameterIsANode() throws {
    let built = Built.graph(
      """
        - embedded:
          name: encoder
        - flatten
      """,
      blocks: """
        blocks:
          embedded:
            layers:
              - parameter: {init: {normal: 0.02}}
                name: pos_embedding
              - add:
                from: [pos_embedding, input]
              - layer_scale:
        """, input: [4, 6])
    #expect(built.errors == [])
    let graph = try #require(built.graph)
    #expect(graph.parameters.map(\.name) == ["encoder.pos_embedding", "encoder.2"])
    #expect(graph.parameters.map(\.spec.shape) == [[1, 4, 6], [4, 1]])
    #expect(graph.parameterCount == 28)
    #expect(graph.headParameters == ["encoder.2"])

    let unread = Built.graph(
      """
        - linear: 6
          name: fc
        - parameter: [4]
      """, input: [6])
    #expect(unread.errors == ["unused node 'fc': no layer takes its output"])
    let alone = Built.graph("  - parameter: [4]", input: [6])
    #expect(alone.errors == ["unused input 'image': no layer takes it"])
  }

  @Test func whatIsDrawnIsNoFrozenPrefix() throws {
    func reason(_ layer: String) throws -> String {
      let model = try TrainedModel(
        "  - flatten: {start_dim: 2}\n  - linear: 4\n  - \(layer)\n  - flatten\n  - linear: 10",
        "freeze: backbone")
      #expect(model.errors == [])
      return model.graph.frozenPrefix(model.trainability).boundary.reason
    }
    let random = "'2' is random during training"
    #expect(try reason("stochastic_depth: 0.1") == random)
    #expect(try reason("stochastic_depth: 0") == "'4' is trained")
    #expect(try reason("multi_head_attention: {num_heads: 2, dropout: 0.1}") == random)
    #expect(try reason("multi_head_attention: 2") == "'4' is trained")
    #expect(try reason("lstm: {hidden_size: 4, num_layers: 2, dropout: 0.1}") == random)
    #expect(try reason("lstm: {hidden_size: 4, dropout: 0.1}") == "'4' is trained")
  }

  @Test func flops() throws {
    // 3 × 5 sums of 4 products.
    #expect(
      try Built.plan("matmul", .object([:]), inputs: [[3, 4], [4, 5]]).flops == 3 * 5 * 4 * 2)
    // Four projections of 7 × 8 values from 8 with bias, twice 7 × 7 × 8 products, and the softmax of two heads.
    let attention = try Built.plan("multi_head_attention", 2, inputs: [[7, 8]])
    #expect(attention.flops == 4 * 7 * 8 * (2 * 8 + 1) + 4 * 7 * 7 * 8 + 5 * 2 * 7 * 7)
    // Five steps of 4 · 3 gates over 2 inputs and 3 states, each with bias, and five operations of the cell.
    let lstm = try Built.plan("lstm", 3, inputs: [[5, 2]])
    #expect(lstm.flops == 5 * 12 * (2 * 2 + 2 * 3 + 5))
    let values = lstm.parameters.map(\.count).reduce(0, +)
    #expect(values == 12 * 2 + 12 * 3 + 24)
  }

  /// The argument of before means the same, and leaves the identity of earlier runs alone.
  @Test func initialValuesAreNoPartOfTheIdentityUnlessGiven() throws {
    func identity(_ layer: String) throws -> JSONValue {
      let collector = DiagnosticCollector()
      let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 1)
      let text = "data: {dataset: digits}\nmodel:\n  - flatten\n  - \(layer)\n"
      let loaded = loader.load(SourceFile(name: "test.yaml", text: text), into: collector)
      return try #require(loaded?.resolved["model"]).canonicalForm
    }
    let plain = try identity("linear: 10")
    #expect(try identity("linear: {out_features: 10, init: default, bias_init: default}") == plain)
    #expect(try identity("linear: {out_features: 10, init: zeros}") != plain)
    #expect(try identity("linear: {out_features: 10, bias_init: zeros}") != plain)
  }

  @Test func namesOfRulesBecomeDistributions() throws {
    func initializer(_ rule: JSONValue) throws -> ParameterSpec.Initializer? {
      try Built.plan("linear", ["out_features": 8, "init": rule], inputs: [[2]])
        .parameters.first?.initializer
    }
    #expect(try initializer("default") == .uniform(fanIn: 2))
    #expect(try initializer("kaiming_normal") == .kaimingNormal(fanOut: 8))
    #expect(try initializer(["kaiming_normal": "fan_out"]) == .kaimingNormal(fanOut: 8))
    #expect(try initializer(["kaiming_normal": "fan_in"]) == .normal(std: 1))
    #expect(try initializer(["uniform": "fan_out"]) == .uniform(fanIn: 8))
    #expect(
      try initializer(["trunc_normal": 0.02])
        == .truncatedNormal(std: 0.02, lower: -2, upper: 2))
    #expect(
      try initializer(["trunc_normal": ["std": 1, "b": 3]])
        == .truncatedNormal(std: 1, lower: -2, upper: 3))
    #expect(try initializer(["constant": 0.5]) == .constant(0.5))
    #expect(try initializer("zeros") == .zeros)
  }
}
