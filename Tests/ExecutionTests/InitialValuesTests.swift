import DeviceChecks
import Diagnostics
import Execution
import ExperimentConfig
import FoundationEssentials
import Graph
import Planning
import Testing
import Torch

/// The argument `init` against the rules of torch.nn.init.
@Suite struct InitialValuesTests {
  struct Rule: Decodable, CustomTestStringConvertible {
    let name: String
    let `init`: JSONValue
    let in_features: Int
    let out_features: Int
    let std: Double
    let min: Double
    let max: Double
    let deciles: [Double]

    var testDescription: String { name }
  }

  private struct File: Decodable {
    let rules: [Rule]
  }

  static let rules: [Rule] = {
    let url = LayerGolden.folder.deletingLastPathComponent()
      .appending(path: "initialization/rules.json")
    let file = (try? Data(contentsOf: url)).flatMap {
      try? JSONDecoder().decode(File.self, from: $0)
    }
    return file?.rules ?? []
  }()

  private func values(
    _ layer: String, _ arguments: [String: JSONValue], inputs: [[Int]], _ name: String
  ) throws -> [Double] {
    let text = String(decoding: try JSONText.encode(JSONValue.object(arguments)), as: UTF8.self)
    let diagnostics = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 1)
    let file = SourceFile(
      name: "test.yaml", text: "data: {dataset: mnist}\nmodel:\n  - \(layer): \(text)\n")
    let input = Graph.Input("image", Shape(Array(inputs[0].dropFirst())))
    guard let loaded = loader.load(file, into: diagnostics),
      let graph = GraphBuilder.build(
        loaded.experiment.model, inputs: [input], output: "label", requirement: nil,
        registry: .standard, diagnostics: diagnostics)
    else { throw InputError(diagnostics.sorted) }
    let state = try Model(graph, seed: 5).state
    return try #require(state.first { $0.parameter.spec.name == name }).tensor.detach().doubles()
  }

  @Test func thereAreRules() { #expect(Self.rules.count >= 13) }

  @Test(arguments: rules) func hasPyTorchsDistribution(rule: Rule) throws {
    let values = try values(
      "linear", ["out_features": .integer(rule.out_features), "init": rule.`init`],
      inputs: [[1, rule.in_features]], "weight"
    ).sorted()
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / count
    #expect(abs(variance.squareRoot() / rule.std - 1) < 0.04)
    for (index, decile) in rule.deciles.enumerated() {
      let own = values[values.count * (index + 1) / 10]
      // Five standard errors of a quantile of this many normal values, at the most.
      #expect(abs(own - decile) <= 0.08 * rule.std, "decile \(index + 1)")
    }
    // As far out as torch's own values, of which there are forty times as many.
    let slack = 0.1 * rule.std
    #expect(values[0] >= rule.min - slack && values[values.count - 1] <= rule.max + slack)
  }

  @Test func aTruncatedNormalEndsAtItsBounds() throws {
    let rule: JSONValue = ["trunc_normal": ["std": 5, "a": -0.5, "b": 0.25]]
    let values = try values(
      "linear", ["out_features": 200, "init": rule], inputs: [[1, 50]], "weight")
    #expect(values.allSatisfy { (-0.5...0.25).contains($0) })
    // Nearly uniform between them.
    #expect(abs(values.reduce(0, +) / Double(values.count) + 0.125) < 0.02)
  }

  @Test func constantsAreExact() throws {
    func bias(_ rule: JSONValue) throws -> Set<Double> {
      Set(
        try values(
          "conv2d", ["out_channels": 3, "kernel_size": 1, "bias_init": rule],
          inputs: [[1, 2, 2, 2]], "bias"))
    }
    #expect(try bias("zeros") == [0])
    #expect(try bias("ones") == [1])
    #expect(try bias(["constant": 0.75]) == [0.75])
    #expect(try bias("default").count == 3)
    #expect(try bias(["normal": 0]) == [0])
    #expect(try values("prelu", [:], inputs: [[2, 3]], "weight") == [0.25])
    #expect(
      try values("layer_scale", [:], inputs: [[1, 3, 2, 2]], "")
        == Array(repeating: Double(Float(1e-6)), count: 3))
  }

  /// torchvision's MLPBlock: normal with standard deviation 1e-6.
  @Test func aBiasMayBeNormal() throws {
    let values = try values(
      "linear", ["out_features": 4000, "bias_init": ["normal": 1e-6]], inputs: [[1, 2]], "bias")
    let deviation = (values.map { $0 * $0 }.reduce(0, +) / 4000).squareRoot()
    #expect(abs(deviation / 1e-6 - 1) < 0.06)
  }

  @Test func anEmbeddingsPaddingIsZero() throws {
    let values = try values(
      "embedding", ["num_embeddings": 300, "embedding_dim": 4, "padding_idx": -2],
      inputs: [[1, 1]],
      "weight")
    #expect(values[(298 * 4)..<(299 * 4)].allSatisfy { $0 == 0 })
    #expect(values.count { $0 == 0 } == 4)
    let deviation = (values.map { $0 * $0 }.reduce(0, +) / 1196).squareRoot()
    #expect(abs(deviation - 1) < 0.1)
  }

  /// nn.MultiheadAttention, whose three projections are drawn as one matrix.
  @Test func attentionStartsAsPyTorchs() throws {
    let arguments: [String: JSONValue] = ["num_heads": 4]
    func drawn(_ name: String) throws -> [Double] {
      try values("multi_head_attention", arguments, inputs: [[1, 2, 64]], name)
    }
    let bound = (6.0 / (3 * 64 + 64)).squareRoot()
    let projection = try drawn("in_proj_weight")
    #expect(projection.allSatisfy { abs($0) <= bound * (1 + 1e-6) })
    #expect(try #require(projection.map(abs).max()) > 0.99 * bound)
    let output = try drawn("out_proj.weight")
    #expect(output.allSatisfy { abs($0) <= 0.125 * (1 + 1e-6) })
    #expect(try #require(output.map(abs).max()) > 0.99 * 0.125)
    #expect(try drawn("in_proj_bias").allSatisfy { $0 == 0 })
    #expect(try drawn("out_proj.bias").allSatisfy { $0 == 0 })
  }
}
