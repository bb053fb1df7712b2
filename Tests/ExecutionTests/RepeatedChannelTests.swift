import Graph
import Testing
import Torch

@testable import Execution

@Suite struct RepeatedChannelTests {
  private let plans = InferencePlanTests()

  /// Grey pictures that are normalised by channel: one channel gives what three give, up to the border.
  @Test(arguments: [
    "[conv2d: {out_channels: 24, kernel_size: 7, stride: 2, padding: 3, bias: false}, batch_norm2d, relu, max_pool2d: 2]",
    "[conv2d: {out_channels: 5, kernel_size: [1, 3], padding: [2, 0]}, relu6]",
    "[{conv2d: {out_channels: 40, kernel_size: 3, stride: [1, 2]}}, batch_norm2d, silu, {\(InferencePlanTests.fast)}]",
  ]) func oneChannelIsEnough(_ text: String) throws {
    let repeated = RepeatedChannel(scales: [4.4, 4.5, -4.6], shifts: [-2.1, -2, 1.8])
    let graph = try plans.makeGraph(text, input: [3, 23, 17])
    let model = try plans.makeModel(graph)
    let nodes = Array(graph.nodes.indices), wanted = graph.mainOutput.source
    let grey = try plans.input([4, 1, 23, 17])
    let images = try Tensor.cat(
      zip(repeated.scales, repeated.shifts).map { try grey.mul($0).add($1) }, dim: 1)
    for cacheBytes in [nil, 1] {
      let plan = try InferencePlan(
        model, nodes: nodes, wanted: wanted, rows: 4, repeated: repeated, cacheBytes: cacheBytes)
      #expect(plan.takesSingleChannel == PackedLayer.takesAddend)
      let expected = try withNoGrad { () throws in try model(images) }
      let result = try plan(plan.takesSingleChannel ? grey : images)
      let largest = try expected.floats().reduce(0) { max($0, abs($1)) }
      #expect(try plans.largestDifference(result, expected) <= 1e-6 * largest)
      #expect(result.shape == expected.shape)
    }
  }

  /// Where the first layer is none that takes the pictures alone, with all channels and their neighbours.
  @Test(arguments: [
    "[{conv2d: {out_channels: 6, kernel_size: 3, groups: 3}}, relu]",
    "[{conv2d: {out_channels: 6, kernel_size: 3, dilation: 2}}, relu]",
    "[{conv2d: {out_channels: 6, kernel_size: 1}}, relu]",
    "[{conv2d: {out_channels: 6, kernel_size: 2, padding: same}}, relu]",
    "[{max_pool2d: 2}, {conv2d: {out_channels: 6, kernel_size: 3}}]",
    "[{conv2d: {out_channels: 3, kernel_size: 3, padding: 1}, name: a}, {add: , from: [a, input]}]",
    "[{conv2d: {out_channels: 3, kernel_size: 3, padding: 1}, name: a}, {concat: , from: [a, input]}]",
  ]) func allChannelsAreTaken(_ text: String) throws {
    let graph = try plans.makeGraph(text, input: [3, 8, 8])
    let plan = try InferencePlan(
      plans.makeModel(graph), nodes: Array(graph.nodes.indices), wanted: graph.mainOutput.source,
      rows: 2,
      repeated: RepeatedChannel(scales: [1, 2, 3], shifts: [0, 0, 0]))
    #expect(!plan.takesSingleChannel)
  }

  /// What is added to every picture would take too much memory.
  @Test(arguments: [512, 513]) func notForLargePictures(_ size: Int) throws {
    let graph = try plans.makeGraph(
      "[{conv2d: {out_channels: 64, kernel_size: 3, stride: 2, padding: 1}}]",
      input: [3, size, size])
    let nodes = Array(graph.nodes.indices)
    let chains = LayerChain.chains(in: graph, nodes: nodes, wanted: graph.mainOutput.source)
    let chain = RepeatedChannel(scales: [1, 2, 3], shifts: [0, 0, 0]).chain(
      among: chains, in: graph)
    #expect((chain != nil) == (size == 512 && PackedLayer.takesAddend))
  }
}
