import ExperimentConfig
import Graph
import Testing

/// Named outputs, nodes inside blocks and models, and blocks with several inputs.
@Suite struct OutputTests {
  private static let heads = """
      - linear: 8
        name: body
      - linear: 3
        name: main
      - linear: 4
        name: side
        from: body
    """

  private func built(
    _ layers: String, _ outputs: String? = nil, blocks: String = "", input: Shape = [5]
  ) -> (graph: Graph?, errors: [String]) {
    Built.graph(
      layers, blocks: blocks + (outputs.map { "\noutputs: \($0)" } ?? ""),
      inputs: [Graph.Input("image", input)])
  }

  @Test func theFirstIsTheModelsPrediction() throws {
    let graph = try #require(built(Self.heads, "[main, side]").graph)
    #expect(
      graph.outputs == [Graph.Output("label", .node(1)), Graph.Output("side", .node(2))])
    #expect(graph.shape(of: graph.mainOutput.source) == [3])
    #expect(
      graph.headParameters == ["main.weight", "main.bias", "side.weight", "side.bias"])
    #expect(graph.needed(for: [graph.mainOutput.source]) == [0, 1])
    let swapped = try #require(built(Self.heads, "[side, main]").graph)
    #expect(swapped.shape(of: swapped.mainOutput.source) == [4])
  }

  @Test(arguments: [
    ("[main, side, main]", "two outputs are named 'main'"),
    ("[main, sides]", "no node is named 'sides'"),
    ("[main, side.weight]", "'side' is a layer and has no 'weight'"),
    ("main", "unused node 'side': no layer takes its output"),
  ])
  func mistakesAreErrors(outputs: String, message: String) {
    let (graph, errors) = built(Self.heads, outputs)
    let isBuilt = graph != nil
    #expect(!isBuilt)
    #expect(errors == [message])
  }

  @Test func anOutputCannotHaveTheNameOfTheTarget() {
    let layers = Self.heads.replacing("name: side", with: "name: label")
    #expect(
      built(layers, "[main, label]").errors
        == ["'label' is the data set's target, which the first output predicts"])
  }

  private static let two = """
    blocks:
      body:
        layers:
          - linear: 6
            name: first
          - relu
          - linear: 7
            name: second
    """

  @Test func aLayerTakesAValueInsideABlock() throws {
    let layers = """
        - body:
          name: trunk
        - linear: 2
          from: trunk.first
          name: near
        - concat: 1
          from: [near, trunk]
      """
    let graph = try #require(built(layers, blocks: Self.two).graph)
    #expect(graph.nodes.map(\.path) == ["trunk.first", "trunk.1", "trunk.second", "near", "2"])
    #expect(graph.nodes[3].inputs == [.node(0)])
    #expect(graph.nodes[4].output == [9])
  }

  @Test func whatNothingTakesIsLeftOut() throws {
    let layers = """
        - body:
          name: trunk
        - linear: 2
          from: trunk.1
      """
    let graph = try #require(built(layers, blocks: Self.two).graph)
    #expect(graph.nodes.map(\.path) == ["trunk.first", "trunk.1", "1"])
    #expect(graph.nodes[2].inputs == [.node(1)])
  }

  @Test func aMistakeInAPathNamesWhatThereIs() {
    let layers = "  - body:\n    name: trunk\n  - linear: 2\n    from: trunk.frist"
    #expect(
      built(layers, blocks: Self.two).errors == ["'trunk' has no node 'frist'"])
    #expect(
      built("  - linear: 2\n    from: input.first").errors
        == ["'input' is an input and has no 'first'"])
  }

  @Test func anUnnamedLayerIsCalledByItsPlace() throws {
    let layers = "  - linear: 4\n  - linear: 4\n    from: input\n  - add:\n    from: [0, 1]"
    #expect(try #require(built(layers).graph).nodes[2].inputs == [.node(0), .node(1)])
    let named = layers.replacing(
      "- linear: 4\n  - linear", with: "- linear: 4\n    name: a\n  - linear")
    #expect(built(named).errors == ["no node is named '0'"])
  }

  private static let join = """
    blocks:
      join:
        inputs: [deep, skip]
        parameters: {size: }
        layers:
          - linear: ${size}
            from: deep
            name: same
          - add:
            from: [same, skip]
    """

  @Test func aBlockTakesSeveralInputs() throws {
    let layers = """
        - linear: 9
          name: a
        - linear: 6
          name: b
          from: input
        - join: 6
          from: [a, b]
      """
    let graph = try #require(built(layers, blocks: Self.join).graph)
    #expect(graph.nodes.map(\.path) == ["a", "b", "2.same", "2.1"])
    #expect(
      graph.nodes.map(\.inputs) == [[.input(0)], [.input(0)], [.node(0)], [.node(2), .node(1)]])
  }

  @Test func aBlocksInputsAreCheckedLikeAModels() {
    let one = "  - linear: 6\n  - join: 6"
    #expect(
      built(one, blocks: Self.join).errors == ["the block 'join' takes 2 inputs, not 1"])
    let unclear = Self.join.replacing("        from: deep\n", with: "")
    let both = "  - linear: 6\n    name: a\n  - join: 6\n    from: [a, a]"
    #expect(
      built(both, blocks: unclear).errors == ["'linear' could take any of the block's 2 inputs"])
    let taken = Self.join.replacing("name: same", with: "name: skip")
      .replacing("[same, skip]", with: "[skip, skip]")
    #expect(
      built(both, blocks: taken).errors == ["'skip' is the name of an input of the block"])
    let unused = Self.join.replacing("[same, skip]", with: "[same, deep]")
    #expect(
      built(both, blocks: unused).errors == ["unused input 'skip': no layer takes it"])
  }

  @Test func anyBackboneGoesUnderADecoder() throws {
    let layers = """
        - resnet18:
          name: backbone
        - conv2d: {out_channels: 4, kernel_size: 1}
          name: scores
          from: backbone.layer3
        - upsample: {mode: bilinear}
          from: [scores, input]
      """
    let graph = try #require(built(layers, input: [3, 50, 70]).graph)
    #expect(graph.shape(of: graph.mainOutput.source) == [4, 50, 70])
    #expect(graph.headParameters == ["scores.weight", "scores.bias"])
    #expect(!graph.nodes.contains { $0.path.hasPrefix("backbone.layer4") })
    let part = try #require(graph.parts.first)
    #expect(part.model == "resnet18")
    #expect(part.omitted.contains { $0.name == "layer4.1.bn2.running_var" })
    // Only the size of the model's input counts for the layer at the end.
    #expect(graph.nodes.last?.inputs == [.node(graph.nodes.count - 2)])
  }
}
