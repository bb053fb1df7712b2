import Diagnostics
import ExperimentConfig
import Graph
import Planning
import Testing

@Suite struct BlockTests {
  private static let residual =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    .joined(separator: "/") + "/Fixtures/good/residual.yaml"

  private func residual() throws -> Graph {
    try #require(
      Plan.make(
        Self.residual, environment: [:], processors: 1, diagnostics: DiagnosticCollector())?.graph)
  }

  @Test func namesAreThoseOfTorchvision() throws {
    let names = Set(try residual().parameters.map(\.name))
    for name in [
      "conv1.weight", "bn1.running_mean", "layer1.0.conv1.weight", "layer1.1.bn2.bias",
      "layer2.0.downsample.0.weight", "layer2.0.downsample.1.running_var", "fc.bias",
    ] {
      #expect(names.contains(name), "\(name)")
    }
    #expect(names.count == (try residual().parameters.count))
  }

  @Test func parametersAndShapes() throws {
    let graph = try residual()
    let stem = 8 * 9 + 16
    let first = 2 * (2 * 8 * 8 * 9 + 2 * 16)
    let down = 16 * 8 * 9 + 16 * 16 * 9 + 16 * 8 + 3 * 32
    let second = 2 * 16 * 16 * 9 + 2 * 32
    #expect(graph.parameterCount == stem + first + down + second + 170)
    #expect(graph.shape(of: graph.mainOutput.source) == [10])
    #expect(graph.nodes.first { $0.path == "layer2.0.conv1" }?.output == [16, 14, 14])
  }

  @Test func theSumTakesTheBlocksInput() throws {
    let graph = try residual()
    let add = try #require(graph.nodes.first { $0.path == "layer1.0.5" })
    let sources = add.inputs.map { source -> String in
      if case .node(let index) = source { graph.nodes[index].path } else { "input" }
    }
    #expect(sources == ["layer1.0.bn2", "2"])
  }

  @Test func parametersHaveDefaultsAndAMainOne() throws {
    let blocks = """
      blocks:
        wide:
          parameters: {width: , p: 0.25}
          layers:
            - linear: ${width}
            - dropout: ${p}
      """
    let graph = try #require(
      Built.graph("  - wide: 5\n  - wide: {width: 6, p: 0.5}\n", blocks: blocks, input: [3]).graph)
    #expect(graph.nodes.map(\.path) == ["0.0", "0.1", "1.0", "1.1"])
    #expect(graph.nodes.map(\.output) == [[5], [5], [6], [6]])
    #expect(graph.nodes[1].operation == .dropout(p: 0.25, wholeChannels: false))
    #expect(graph.nodes[3].operation == .dropout(p: 0.5, wholeChannels: false))
  }

  @Test func aParameterMayBePartOfAText() {
    let blocks = """
      blocks:
        act:
          parameters: {kind: }
          layers: [{gelu: {approximate: "ta${kind}"}}]
      """
    let (graph, errors) = Built.graph("  - act: nh\n", blocks: blocks, input: [3])
    #expect(errors.isEmpty)
    #expect(graph?.nodes.first?.operation == .activation(.gelu(isTanhApproximation: true)))
  }

  @Test func aParameterMayBeScaled() throws {
    let blocks = """
      blocks:
        wide:
          parameters: {width: , p: 0.5}
          layers:
            - linear: ${width * 4 / 2}
            - dropout: "${p * 1 / 4}"
      """
    let graph = try #require(
      Built.graph("  - wide: 5\n", blocks: blocks, input: [3]).graph)
    #expect(graph.nodes.map(\.output) == [[10], [10]])
    #expect(graph.nodes[1].operation == .dropout(p: 0.125, wholeChannels: false))
  }

  @Test(arguments: ["${kind * 2}", "${width * two}", "${width / 0}", "${width + 1}"])
  func whatCannotBeScaledIsAnError(_ text: String) {
    let blocks = "blocks: {b: {parameters: {width: , kind: x}, layers: [{linear: \"\(text)\"}]}}"
    #expect(!Built.graph("  - b: 3\n", blocks: blocks, input: [3]).errors.isEmpty)
  }

  @Test func aParameterMayChooseABlock() throws {
    let blocks = """
      blocks:
        short_A: {layers: [relu]}
        short_B: {layers: [{linear: 4}]}
        b:
          parameters: {kind: }
          layers:
            - short_${kind}:
              name: x
      """
    let graph = try #require(
      Built.graph("  - b: A\n  - b: B\n", blocks: blocks, input: [3]).graph)
    #expect(graph.nodes.map(\.path) == ["0.x.0", "1.x.0"])
    #expect(graph.nodes.map(\.output) == [[3], [4]])
    #expect(
      Built.graph("  - b: C\n", blocks: blocks, input: [3]).errors == ["unknown layer 'short_C'"])
  }

  @Test func aNameMayHaveADash() throws {
    let (graph, errors) = Built.graph(
      "  - {relu: , name: block1-0}\n  - {tanh: , from: block1-0}\n", input: [3])
    #expect(errors.isEmpty)
    #expect(graph?.nodes.first?.path == "block1-0")
  }

  @Test func anUnusedArmOfABlockIsAnError() {
    let blocks = "blocks: {b: {layers: [relu, {tanh: , from: input}]}}"
    #expect(
      Built.graph("  - b\n", blocks: blocks, input: [3]).errors
        == ["unused node 'relu': no layer takes its output"])
  }

  @Test func namesInsideABlockAreItsOwn() {
    let blocks = "blocks: {b: {layers: [{relu: , name: x}]}}"
    let (graph, errors) = Built.graph(
      "  - {tanh: , name: x}\n  - b\n  - {b: , name: y}\n", blocks: blocks, input: [3])
    #expect(errors.isEmpty)
    #expect(graph?.nodes.map(\.path) == ["x", "1.x", "y.x"])
  }
}
