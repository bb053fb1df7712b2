import Graph
import Testing

@Suite struct InputTests {
  private let two = [Graph.Input("left", [4]), Graph.Input("right", [3])]

  @Test func anInputIsNamedAsInTheSchema() throws {
    let named = try #require(
      Built.graph("  - flatten:\n    from: image\n    name: flat\n  - linear: 10").graph)
    #expect(named.inputs == [Graph.Input("image", [1, 28, 28])])
    #expect(named.nodes[0].inputs == [.input(0)])
    #expect(named.name(of: .input(0)) == "image")
    #expect(named.name(of: .node(0)) == "flat")
    #expect(named.mainOutput == Graph.Output("label", .node(1)))
    #expect(named.shape(of: named.mainOutput.source) == [10])
  }

  @Test func layersChooseAmongSeveralInputs() throws {
    let model = """
        - linear: 5
          from: left
          name: a
        - linear: 5
          from: right
          name: b
        - concat: {dim: 1}
          from: [a, b, left]
      """
    let (graph, errors) = Built.graph(model, inputs: two)
    #expect(errors == [])
    let built = try #require(graph)
    #expect(
      built.nodes.map(\.inputs) == [[.input(0)], [.input(1)], [.node(0), .node(1), .input(0)]])
    #expect(built.shape(of: built.mainOutput.source) == [14])
    #expect(built.parameterCount == 5 * 5 + 4 * 5)
  }

  @Test func oneOfSeveralInputsHasToBeChosen() {
    let (_, first) = Built.graph("  - relu\n  - linear: 10", inputs: two)
    #expect(first == ["'relu' could take any of the model's 2 inputs"])
    let (_, unnamed) = Built.graph("  - concat: {dim: 1}\n    from: [left, input]", inputs: two)
    #expect(unnamed == ["'input' could take any of the model's 2 inputs"])
  }

  @Test func anUnusedInputIsAnError() {
    let (_, errors) = Built.graph("  - linear: 10\n    from: right", inputs: two)
    #expect(errors == ["unused input 'left': no layer takes it"])
  }

  @Test func aBlockKnowsItsOwnInputOnly() throws {
    let outer = "blocks: {b: {layers: [{relu: , from: image}]}}"
    let (_, errors) = Built.graph("  - flatten\n  - b", blocks: outer)
    #expect(errors == ["no node is named 'image'"])
    let inner = "blocks: {b: {layers: [{relu: , name: image}, {add: , from: [image, input]}]}}"
    let graph = try #require(Built.graph("  - flatten\n  - b", blocks: inner).graph)
    #expect(graph.nodes.map(\.path) == ["0", "1.image", "1.1"])
    #expect(graph.nodes[2].inputs == [.node(1), .node(0)])
  }

  @Test func aPrefixReplacesAllInputs() throws {
    func prefix(_ last: String) throws -> Set<Int>? {
      let model =
        "  - linear: 4\n    from: left\n    name: a\n  - linear: 4\n    from: right\n"
        + "    name: b\n  - add:\n    from: [a, b]\n    name: sum\n" + last
      let trained = try TrainedModel(model, "freeze: [a, b]", inputs: two)
      return trained.graph.frozenPrefix(trained.trainability).prefix?.nodes
    }
    #expect(try prefix("  - linear: 2") == [0, 1, 2])
    #expect(try prefix("  - linear: 4\n    name: c\n  - add:\n    from: [c, left]") == nil)
  }

  @Test func aPrefixEndsBeforeAnyOutputButItsOwn() throws {
    let trained = try TrainedModel("  [flatten, linear: 4, relu, linear: 2]", "freeze: backbone")
    let graph = trained.graph
    func prefix(_ inner: Int) -> Set<Int>? {
      Graph(
        inputs: graph.inputs, nodes: graph.nodes,
        outputs: graph.outputs + [Graph.Output("inner", .node(inner))]
      ).frozenPrefix(trained.trainability).prefix?.nodes
    }
    #expect(prefix(3) == [0, 1, 2])
    #expect(prefix(2) == [0, 1, 2])
    #expect(prefix(1) == [0, 1])
    #expect(prefix(0) == nil)
  }

  @Test func evaluationCountsAllInputs() throws {
    func batch(_ sizes: Int...) throws -> Int {
      let inputs = sizes.enumerated().map { Graph.Input("i\($0.offset)", [$0.element]) }
      let nodes = inputs.map { "  - linear: 1\n    from: \($0.name)\n    name: n\($0.name)\n" }
      let model = nodes.joined() + "  - add:\n    from: [ni0, ni1]\n"
      return try #require(Built.graph(model, inputs: inputs).graph).evaluationBatch()
    }
    #expect(try batch(1 << 18, 1 << 18) == 8)
    #expect(try batch(1 << 18, 3 << 18) == 4)
  }
}
