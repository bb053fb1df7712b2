import ExperimentConfig
import Graph
import Testing

@Suite struct CountTests {
  @Test func sequential() throws {
    let graph = try #require(
      Built.graph("  [flatten, linear: 128, relu, dropout: 0.2, linear: 64, relu, linear: 10]")
        .graph)
    #expect(graph.parameterCount == 109_386)
    #expect(
      graph.parameters.map(\.name) == [
        "1.weight", "1.bias", "4.weight", "4.bias", "6.weight", "6.bias",
      ])
    #expect(graph.shape(of: graph.mainOutput.source) == [10])
  }

  @Test func flopsOfLinear() throws {
    let graph = try #require(Built.graph("  [linear: 10]", input: [7]).graph)
    // 10 outputs, each 7 multiplications, 7 additions and 1 for the bias.
    #expect(graph.flops == 10 * (2 * 7 + 1))
    let bare = try #require(
      Built.graph("  [{linear: {out_features: 10, bias: false}}]", input: [3, 7]).graph)
    #expect(bare.flops == 3 * 10 * 2 * 7)
  }

  @Test func flopsOfConvolution() throws {
    let graph = try #require(
      Built.graph("  [{conv2d: {out_channels: 4, kernel_size: 3, groups: 2}}]", input: [2, 5, 6])
        .graph)
    // 4 × 3 × 4 values, each over 1 channel of 3 × 3, and the bias.
    #expect(graph.shape(of: graph.mainOutput.source) == [4, 3, 4])
    #expect(graph.flops == 48 * (2 * 9 + 1))
    #expect(graph.parameterCount == 4 * 9 + 4)
  }

  @Test func bufferesAreNotTrained() throws {
    let graph = try #require(Built.graph("  [batch_norm2d]", input: [6, 4, 4]).graph)
    #expect(graph.parameterCount == 12)
    #expect(
      graph.parameters.map(\.name) == [
        "0.weight", "0.bias", "0.running_mean", "0.running_var", "0.num_batches_tracked",
      ])
  }
}
