import Graph
import Testing

@testable import Execution

@Suite struct InferenceStageTests {
  private func stages(
    _ model: String, input: Shape, rows: Int = 32, cacheBytes: Int? = nil
  ) throws -> [InferenceStage] {
    let graph = try InferencePlanTests().makeGraph(model, input: input)
    let nodes = Array(graph.nodes.indices)
    let chains = LayerChain.chains(in: graph, nodes: nodes, wanted: graph.mainOutput.source)
    let steps = LayerChain.steps(of: nodes, chains, in: graph)
    let standard = InferenceStage.cacheBytes(for: steps, nodes: nodes, in: graph)
    let stages = InferenceStage.stages(
      of: steps, in: graph, rows: rows, cacheBytes: cacheBytes ?? standard)
    #expect(stages.flatMap { Array($0.steps) } == Array(steps.indices))
    return stages
  }

  /// At first for few examples, the last layers for all.
  @Test func mobileNetIsDivided() throws {
    let rows = try stages("mobilenet_v2", input: [3, 224, 224]).map(\.rows)
    #expect(rows == [2, 4, 8, 16, .max])
    // Two pictures are always computed at once.
    #expect(try stages("mobilenet_v2", input: [3, 224, 224], rows: 2).map(\.rows) == [.max])
  }

  /// Convolutions of many channels compute so much with each value that they need not be.
  @Test(arguments: ["resnet18", "resnet50"]) func resNetIsNot(_ model: String) throws {
    #expect(try stages(model, input: [3, 224, 224]).map(\.rows) == [.max])
  }

  /// Without stored statistics, the values of an example depend on the others.
  @Test func batchStatisticsNeedTheWholeBatch() throws {
    func rows(_ norm: String) throws -> [Int] {
      try stages(
        "[conv2d: {out_channels: 8, kernel_size: 3}, batch_norm2d: {\(norm)}]", input: [3, 9, 9],
        cacheBytes: 1
      ).map(\.rows)
    }
    #expect(try rows("momentum: 0.1") == [2])
    #expect(try rows("track_running_stats: false") == [.max])
  }

  @Test func theLastPieceIsSmaller() {
    let stage = InferenceStage(steps: 0..<1, rows: 4)
    #expect(stage.pieces(of: 3..<13) == [3..<7, 7..<11, 11..<13])
    #expect(stage.pieces(of: 3..<7) == [3..<7])
    #expect(InferenceStage(steps: 0..<1, rows: .max).pieces(of: 0..<9) == [0..<9])
  }
}
