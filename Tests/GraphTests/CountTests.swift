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

  @Test func flopsOfTransposedConvolution() throws {
    let graph = try #require(
      Built.graph(
        "  [{conv_transpose2d: {out_channels: 4, kernel_size: 3, stride: 2, groups: 2}}]",
        input: [2, 5, 6]
      ).graph)
    // Each of the 2 × 5 × 6 inputs goes into 2 channels of 3 × 3; each of the outputs has a bias.
    #expect(graph.shape(of: graph.mainOutput.source) == [4, 11, 13])
    #expect(graph.flops == 2 * 60 * 2 * 9 + 4 * 11 * 13)
    #expect(graph.parameterCount == 2 * 2 * 9 + 4)
  }

  @Test(arguments: [
    ("{conv1d: {out_channels: 4, kernel_size: 3}}", 4 * 7 * (2 * 3 * 3 + 1)),
    ("{max_pool1d: 3}", 3 * 3 * 3), ("{avg_pool1d: {kernel_size: 2, stride: 1}}", 3 * 8 * 2),
    ("{adaptive_max_pool1d: 2}", 3 * 9), ("{adaptive_avg_pool1d: 2}", 3 * 9),
    ("instance_norm1d", 7 * 3 * 9), ("{local_response_norm: 5}", 11 * 3 * 9),
    ("{upsample: {scale_factor: 2}}", 0), ("{upsample: {size: 5, mode: linear}}", 3 * 3 * 5),
    ("{pad: 1}", 0), ("{channel_shuffle: 3}", 0),
  ])
  func flopsOfLayersOfSequences(_ layer: String, _ flops: Int) throws {
    let graph = try #require(Built.graph("  [\(layer)]", input: [3, 9]).graph)
    #expect(graph.flops == flops)
  }

  @Test(arguments: [
    ("{upsample: {scale_factor: 2, mode: bilinear}}", 9 * 4 * 8 * 12),
    ("{adaptive_max_pool2d: 2}", 4 * 4 * 6), ("instance_norm2d", 7 * 4 * 4 * 6),
    ("{pixel_shuffle: 2}", 0), ("{pixel_unshuffle: 2}", 0),
  ])
  func flopsOfLayersOfImages(_ layer: String, _ flops: Int) throws {
    let graph = try #require(Built.graph("  [\(layer)]", input: [4, 4, 6]).graph)
    #expect(graph.flops == flops)
  }

  /// Sizes come from users: none of these may trap.
  @Test(arguments: [
    "{upsample: {scale_factor: 1e6}}", "{upsample: {size: 100000}}",
    "{conv_transpose2d: {out_channels: 1000000, kernel_size: 100000, stride: 100000}}",
    "{conv_transpose2d: {out_channels: 1, kernel_size: 100000, dilation: 100000}}",
    "{pad: [100000, 100000, 100000, 100000, 100000, 100000]}",
  ])
  func absurdSizesAreErrors(_ layer: String) throws {
    let (graph, errors) = Built.graph(
      "  [{reshape: [4, 4, 4]}, {conv2d: {out_channels: 1000000, kernel_size: 1}}, \(layer)]",
      input: [64])
    #expect(graph == nil)
    #expect(errors.count == 1 && errors[0].contains("would need a tensor of more than"))
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
