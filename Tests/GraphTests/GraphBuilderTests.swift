import ExperimentConfig
import Graph
import Testing

@Suite struct GraphBuilderTests {
  @Test func joinsBroadcastAsPyTorchDoes() {
    func output(_ shapes: [Shape]) -> Shape? {
      try? Built.plan("add", .object([:]), inputs: shapes).output
    }
    #expect(output([[3, 4, 5], [3, 1, 1]]) == [3, 4, 5])
    #expect(output([[3, 1, 5], [1, 4, 1]]) == [3, 4, 5])
    #expect(output([[1], [7], [1]]) == [7])
    #expect(output([[3], [4]]) == nil)
    #expect(output([[3, 4], [4]]) == nil)
  }

  @Test func aMomentumOfNullIsTheCumulativeMean() throws {
    let plan = try Built.plan("batch_norm2d", ["momentum": .null], inputs: [[3, 4, 4]])
    #expect(plan.operation == .batchNorm(momentum: nil, eps: 1e-5))
    let usual = try Built.plan("batch_norm2d", .object([:]), inputs: [[3, 4, 4]])
    #expect(usual.operation == .batchNorm(momentum: 0.1, eps: 1e-5))
  }

  @Test(arguments: [
    "  [flatten, linear: 100000000, linear: 100000000]",
    "  [{conv2d: {out_channels: 1000000, kernel_size: 1, padding: 100000}}]",
    "  [{conv2d: {out_channels: 1000000, kernel_size: 28}}, {conv2d: {out_channels: 1000000, kernel_size: 1}}]",
    "  [{adaptive_avg_pool2d: 100000}, {adaptive_avg_pool2d: 100000}, {reshape: [-1, 7]}]",
    "  [{reshape: [1000000000, 1000000000, 1000000000]}]",
    "  [{reshape: [1000000000, 1000000000, 1000000000, -1]}]",
    "  [{flatten: {start_dim: -9223372036854775808}}]",
    "  [{softmax: 9223372036854775807}]",
    "  [{max_pool2d: {kernel_size: 100000, stride: 100000, dilation: 100000, padding: 50000, ceil_mode: true}}]",
    "  [{layer_norm: {normalized_shape: [1000000000, 1000000000, 1000000000]}}]",
  ])
  func absurdSizesAreErrorsAndNoTraps(model: String) {
    let (graph, errors) = Built.graph(model)
    let isBuilt = graph != nil
    #expect(!isBuilt)
    #expect(errors.count == 1, "\(errors)")
  }

  @Test func afterAnErrorWhatFollowsIsSilent() {
    let (_, errors) = Built.graph(
      "  [flatten, {conv2d: {out_channels: 1, kernel_size: 3}}, batch_norm2d, max_pool2d: 2]")
    #expect(errors.count == 1)
  }

  @Test func twoArmsReportTwoErrors() {
    let (_, errors) = Built.graph(
      """
        - {flatten: , name: a}
        - {batch_norm2d: , name: b}
        - {max_pool2d: 2, name: c, from: a}
        - {add: , from: [b, c]}
      """)
    #expect(errors.count == 2)
  }

  @Test func theOutputHasToFit() {
    let requirement = OutputRequirement(shape: [10], reason: "cross_entropy on 10 classes")
    let (_, errors) = Built.graph("  [flatten, linear: 11]", requirement: requirement)
    #expect(errors == ["the model outputs [N, 11], but cross_entropy on 10 classes needs [N, 10]"])
  }

  @Test func aNodeMayBeUsedTwiceByOne() {
    let (graph, errors) = Built.graph(
      "  - {flatten: , name: a}\n  - {add: , from: [a, a]}\n  - {multiply: , from: [a, a, a]}\n")
    #expect(errors == ["unused node 'add': no layer takes its output"])
    let isBuilt = graph != nil
    #expect(!isBuilt)
  }

  @Test func theInputHasAName() throws {
    let graph = try #require(
      Built.graph(
        "  - relu\n  - {add: , from: [input, n]}\n".replacing("- relu", with: "- {relu: , name: n}")
      ).graph)
    #expect(graph.nodes[1].inputs == [.input(0), .node(0)])
  }

  @Test func manyNodesAreQuick() {
    let layers = "  [" + Array(repeating: "relu", count: 9_000).joined(separator: ", ") + "]"
    let start = ContinuousClock.now
    #expect(Built.graph(layers).graph?.nodes.count == 9_000)
    #expect(ContinuousClock.now - start < .seconds(60))
  }
}
