import Diagnostics
import ExperimentConfig
import Graph
import Planning
import Testing

/// Nodes that use the parameters of others.
@Suite struct SharedParameterTests {
  private static let tower = """
    blocks:
      tower:
        layers:
          - linear: 4
            name: fc
          - batch_norm1d
          - relu
    """

  private func graph(_ layers: String, input: Shape = [4]) throws -> Graph {
    let (graph, errors) = Built.graph(layers, blocks: Self.tower, input: input)
    return try #require(graph, "\(errors)")
  }

  @Test func aBlockHasTheParametersOfAnother() throws {
    let graph = try graph(
      """
        - tower:
          name: first
        - tower:
          weights_of: first
        - linear: 2
      """)
    #expect(graph.nodes.count == 7)
    #expect(
      graph.parameters.map(\.name) == [
        "first.fc.weight", "first.fc.bias", "first.1.weight", "first.1.bias",
        "first.1.running_mean", "first.1.running_var", "first.1.num_batches_tracked", "2.weight",
        "2.bias",
      ])
    #expect(graph.parameterCount == 4 * 4 + 4 + 8 + 10)
    #expect(graph.nodes.map(\.ownParameterCount) == [20, 8, 0, 0, 0, 0, 10])
    #expect(graph.nodes.map(\.borrowsParameters) == [false, false, false, true, true, true, false])
    // Both are computed.
    #expect(graph.multiplyAdds == 2 * 16 + 8)
  }

  @Test func oneLayerInsideABlockCanHaveThemOfAnother() throws {
    let graph = try graph(
      """
        - tower:
          name: first
        - linear: 4
          name: second
          weights_of: first.fc
        - linear: 4
          weights_of: second
        - linear: 2
      """)
    #expect(graph.nodes[3].parameterPath == "first.fc")
    #expect(graph.nodes[4].parameterPath == "first.fc")
    #expect(graph.parameterCount == 28 + 10)
  }

  @Test func freezingFixesTheStatisticsOfAll() throws {
    let model = try TrainedModel(
      """
        - tower:
          name: first
        - tower:
          weights_of: first
        - linear: 2
      """, "freeze: first\n\(Self.tower)", inputs: [Graph.Input("image", [4])])
    #expect(model.trained() == ["2.weight", "2.bias"])
    #expect(model.trainability.trainableCount(in: model.graph) == 10)
    #expect(model.trainability.alwaysStored(in: model.graph) == [1, 4])
  }

  @Test func partsOfABlockCanBeTakenOneByOne() throws {
    let blocks = """
      blocks:
        pair:
          layers:
            - linear: 3
            - linear: 3
              from: input
      """
    let (graph, errors) = Built.graph(
      """
        - pair:
          name: both
        - add:
          from: [both.0, both.1]
        - linear: 2
      """, blocks: blocks, input: [4])
    #expect(errors.isEmpty && graph?.nodes.count == 4)
    let (_, unused) = Built.graph(
      "  - pair:\n    name: both\n  - linear: 2\n", blocks: blocks, input: [4])
    #expect(unused == ["unused node 'linear': no layer takes its output"])
  }
}
